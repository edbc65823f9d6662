use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((1, 8192), DType::F16, &Cpu)?;
    let y = x.matmul(&Tensor::ones((8192, 4), DType::F16, &Cpu)?)?;
    assert_eq!(y.to_dtype(DType::F32)?.to_vec2::<f32>()?, [[8192.0; 4]]);
    Ok(())
}
