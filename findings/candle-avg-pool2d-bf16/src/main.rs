use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((1, 1, 32, 32), DType::BF16, &Cpu)?;
    let y = x.avg_pool2d(32)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    assert_eq!(y, [1.0]);
    Ok(())
}
