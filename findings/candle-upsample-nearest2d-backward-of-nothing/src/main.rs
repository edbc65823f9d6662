// fails with: range start index
use candle_core::{DType, Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // no examples, two channels
    let x = Var::zeros((0, 2, 3, 3), DType::F64, &Cpu)?;
    let loss = x.upsample_nearest2d(6, 6)?.sum_all()?;
    assert_eq!(loss.backward()?.get(&x).unwrap().dims(), [0, 2, 3, 3]);
    Ok(())
}
