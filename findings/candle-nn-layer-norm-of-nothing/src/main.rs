// fails with: chunk_size must not be zero
use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::layer_norm;

fn main() -> Result<()> {
    let x = Tensor::zeros((2, 0), DType::F32, &Cpu)?;
    let weight = Tensor::zeros(0, DType::F32, &Cpu)?;
    assert_eq!(layer_norm(&x, &weight, &weight, 1e-5)?.dims(), [2, 0]);
    Ok(())
}
