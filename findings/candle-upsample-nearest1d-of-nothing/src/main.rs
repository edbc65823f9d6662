// fails with: attempt to calculate the remainder with a divisor of zero
use candle_core::{DType, Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::zeros((4, 1, 0), DType::F64, &Cpu)?;
    let gradient = x.upsample_nearest1d(0)?.sum_all()?.backward()?;
    assert_eq!(gradient.get(&x).unwrap().dims(), [4, 1, 0]);
    Ok(())
}
