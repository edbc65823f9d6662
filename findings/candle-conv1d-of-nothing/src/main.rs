// fails with: range start index
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros((0, 4, 1), DType::F64, &Cpu)?;
    let kernel = Tensor::zeros((4, 1, 1), DType::F64, &Cpu)?;
    assert_eq!(x.conv1d(&kernel, 0, 1, 1, 4)?.dims(), [0, 4, 1]);
    Ok(())
}
