use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(100f64, &Cpu)?.to_dtype(DType::F16)?;
    assert_eq!(x.round_to(3)?.to_dtype(DType::F64)?.to_scalar::<f64>()?, 100.0);
    Ok(())
}
