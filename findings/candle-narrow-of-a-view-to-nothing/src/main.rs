// fails with: out of range for slice of length
use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[[[1f64, 2.0]]], &Cpu)?;
    let y = x.narrow(2, 1, 1)?.narrow(1, 1, 0)?;
    assert_eq!(y.flatten_all()?.to_vec1::<f64>()?, Vec::<f64>::new());
    Ok(())
}
