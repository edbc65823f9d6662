// fails with: dtype mismatch in add
use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::BatchNorm;

fn main() -> Result<()> {
    let (mean, variance) = (Tensor::zeros(1, DType::F16, &Cpu)?, Tensor::ones(1, DType::F16, &Cpu)?);
    let layer = BatchNorm::new_no_bias(1, mean, variance, 0.0)?;
    let x = Tensor::new(&[[1f32], [3.0]], &Cpu)?.to_dtype(DType::F16)?;
    let y = layer.forward_train(&x)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    assert_eq!(y, [-1.0, 1.0]);
    Ok(())
}
