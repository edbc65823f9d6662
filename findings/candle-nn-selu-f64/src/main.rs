// fails with: dtype mismatch in mul
use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::ops::selu;

fn main() -> Result<()> {
    let x = Tensor::new(&[3f64], &Cpu)?;
    assert_eq!(selu(&x, 1.5, 2.0)?.to_vec1::<f64>()?, [6.0]);
    Ok(())
}
