use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // their sum is beyond 65504
    let x = Tensor::new(&[40000f32, 40000.0], &Cpu)?.to_dtype(DType::F16)?;
    let mean = x.mean_all()?.to_dtype(DType::F32)?.to_scalar::<f32>()?;
    assert_eq!(mean, 40000.0);
    Ok(())
}
