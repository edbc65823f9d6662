use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((1 << 25, 1), DType::F32, &Cpu)?;
    assert_eq!(x.sum(0)?.to_vec1::<f32>()?, [33554432.0]);
    Ok(())
}
