use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::ops::mish;

fn main() -> Result<()> {
    let y = mish(&Tensor::new(&[-18f32], &Cpu)?)?.to_vec1::<f32>()?[0];
    // x tanh(log(1 + e^x))
    assert!((y / -2.7414e-7 - 1.0).abs() < 1e-3, "{y}");
    Ok(())
}
