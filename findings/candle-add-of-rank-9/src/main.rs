// fails with: rank 9 exceeds MAX_DIMS=8
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones(vec![2, 1, 2, 1, 2, 1, 2, 1, 2], DType::F64, &Cpu)?;
    let y = Tensor::ones(vec![2; 9], DType::F64, &Cpu)?;
    let sum = x.broadcast_add(&y)?.sum_all()?.to_scalar::<f64>()?;
    assert_eq!(sum, 1024.0);
    Ok(())
}
