use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    let x = Var::from_tensor(&Tensor::new(-12f64, &Cpu)?.to_dtype(DType::F16)?)?;
    let gradients = x.silu()?.backward()?;
    let gradient = gradients.get(&x).unwrap().to_dtype(DType::F64)?.to_scalar::<f64>()?;
    // s + x s (1 - s), s = 1 / (1 + e^12)
    assert!((gradient / -6.758e-5 - 1.0).abs() < 1e-2, "{gradient}");
    Ok(())
}
