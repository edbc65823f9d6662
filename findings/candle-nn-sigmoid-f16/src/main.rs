use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::sigmoid;

fn main() -> Result<()> {
    let x = Tensor::new(-12f64, &Cpu)?.to_dtype(DType::F16)?;
    let y = sigmoid(&x)?.to_dtype(DType::F64)?.to_scalar::<f64>()?;
    // 1 / (1 + e^12)
    assert!((y / 6.144e-6 - 1.0).abs() < 1e-2, "{y}");
    Ok(())
}
