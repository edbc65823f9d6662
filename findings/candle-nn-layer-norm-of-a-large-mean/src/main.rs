use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::ops::layer_norm;

fn main() -> Result<()> {
    let x = Tensor::new(&[[10000f32, 10001.0]], &Cpu)?;
    let (weight, bias) = (Tensor::ones(2, DType::F32, &Cpu)?, Tensor::zeros(2, DType::F32, &Cpu)?);
    let y = layer_norm(&x, &weight, &bias, 1e-5)?.flatten_all()?.to_vec1::<f32>()?;
    // half a unit to either side of the mean, and the deviation is half a unit
    assert!((y[0] + 1.0).abs() < 1e-3 && (y[1] - 1.0).abs() < 1e-3, "{y:?}");
    Ok(())
}
