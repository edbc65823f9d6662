use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(-12f64, &Cpu)?.to_dtype(DType::F16)?;
    let y = x.silu()?.to_dtype(DType::F64)?.to_scalar::<f64>()?;
    // x / (1 + e^-x)
    assert!((y / -7.373e-5 - 1.0).abs() < 1e-2, "{y}");
    Ok(())
}
