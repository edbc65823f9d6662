use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::BatchNorm;

fn main() -> Result<()> {
    let (mean, variance) = (Tensor::zeros(1, DType::F32, &Cpu)?, Tensor::ones(1, DType::F32, &Cpu)?);
    let layer = BatchNorm::new_no_bias(1, mean, variance, 1e-5)?;
    layer.forward_train(&Tensor::new(&[[2f32]], &Cpu)?)?;
    let variance = layer.running_var().to_vec1::<f32>()?;
    assert!(variance[0].is_finite(), "{variance:?}");
    Ok(())
}
