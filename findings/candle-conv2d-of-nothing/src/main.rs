// fails with: range start index
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros((0, 2, 3, 3), DType::F64, &Cpu)?;
    let kernel = Tensor::zeros((2, 1, 2, 2), DType::F64, &Cpu)?;
    assert_eq!(x.conv2d(&kernel, 0, 1, 1, 2)?.dims(), [0, 2, 2, 2]);
    Ok(())
}
