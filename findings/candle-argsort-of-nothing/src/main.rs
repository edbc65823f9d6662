// fails with: chunk_size must not be zero
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros(0, DType::F64, &Cpu)?;
    assert_eq!(x.arg_sort_last_dim(true)?.dims(), [0]);
    Ok(())
}
