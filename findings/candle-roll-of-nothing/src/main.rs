// fails with: attempt to calculate the remainder with a divisor of zero
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::zeros((0, 4), DType::F64, &Cpu)?;
    assert_eq!(x.roll(1, 0)?.dims(), [0, 4]);
    Ok(())
}
