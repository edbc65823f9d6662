use candle_core::{Device::Cpu, Result, Var};
use candle_nn::ops::mish;

fn main() -> Result<()> {
    let x = Var::new(&[100f32], &Cpu)?;
    let gradient = mish(&x)?.backward()?.get(&x).unwrap().to_vec1::<f32>()?;
    assert_eq!(gradient, [1.0]);
    Ok(())
}
