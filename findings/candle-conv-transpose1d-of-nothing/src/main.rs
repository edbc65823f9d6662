// fails with: range start index
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros((0, 4, 2), DType::F64, &Cpu)?;
    let kernel = Tensor::zeros((4, 1, 1), DType::F64, &Cpu)?;
    assert_eq!(x.conv_transpose1d(&kernel, 0, 0, 1, 1, 2)?.dims(), [0, 2, 2]);
    Ok(())
}
