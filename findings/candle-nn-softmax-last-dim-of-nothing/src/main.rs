// fails with: chunk_size must not be zero
use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::softmax_last_dim;

fn main() -> Result<()> {
    let x = Tensor::zeros((2, 0), DType::F32, &Cpu)?;
    assert_eq!(softmax_last_dim(&x)?.dims(), [2, 0]);
    Ok(())
}
