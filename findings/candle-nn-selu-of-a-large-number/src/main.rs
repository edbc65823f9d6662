use candle_core::{Device::Cpu, Result, Var};
use candle_nn::ops::selu;

fn main() -> Result<()> {
    let x = Var::new(&[100f32], &Cpu)?;
    let gradient = selu(&x, 1.5, 2.0)?.backward()?.get(&x).unwrap().to_vec1::<f32>()?;
    assert_eq!(gradient, [2.0]);
    Ok(())
}
