// fails with: attempt to divide by zero
use candle_core::{DType, Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // no channels
    let x = Var::zeros((1, 0, 3), DType::F64, &Cpu)?;
    let loss = x.upsample_nearest1d(6)?.sum_all()?;
    assert_eq!(loss.backward()?.get(&x).unwrap().dims(), [1, 0, 3]);
    Ok(())
}
