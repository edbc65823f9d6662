use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::rms_norm;

fn main() -> Result<()> {
    let x = Tensor::new(&[[1e20f32, 1e20]], &Cpu)?;
    let y = rms_norm(&x, &Tensor::ones(2, DType::F32, &Cpu)?, 1e-5)?.flatten_all()?.to_vec1::<f32>()?;
    assert!((y[0] - 1.0).abs() < 1e-6, "{y:?}");
    Ok(())
}
