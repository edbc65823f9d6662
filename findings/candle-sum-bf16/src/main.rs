use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones(512, DType::BF16, &Cpu)?;
    assert_eq!(x.sum_all()?.to_dtype(DType::F32)?.to_scalar::<f32>()?, 512.0);
    Ok(())
}
