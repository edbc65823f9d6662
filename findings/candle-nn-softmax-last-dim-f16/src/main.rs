use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::softmax_last_dim;

fn main() -> Result<()> {
    let x = Tensor::zeros(8192, DType::F16, &Cpu)?;
    let y = softmax_last_dim(&x)?.to_dtype(DType::F32)?.sum_all()?.to_scalar::<f32>()?;
    assert!((y - 1.0).abs() < 1e-2, "{y}");
    Ok(())
}
