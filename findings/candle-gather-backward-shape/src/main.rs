// fails with: shape mismatch in scatter
use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    let x = Var::new(&[[1f64, 2.0], [3.0, 4.0]], &Cpu)?;
    let y = x.gather(&Tensor::new(&[[0u32]], &Cpu)?, 1)?;
    let gradient = y.sum_all()?.backward()?.get(&x).unwrap().to_vec2::<f64>()?;
    assert_eq!(gradient, [[1.0, 0.0], [0.0, 0.0]]);
    Ok(())
}
