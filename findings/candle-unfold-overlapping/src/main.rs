// fails with: Shape mismatch, got buffer of size 4
use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[1f64, 2.0, 3.0], &Cpu)?;
    let loss = x.unfold(0, 2, 1)?.sum_all()?;
    assert_eq!(loss.backward()?.get(&x).unwrap().to_vec1::<f64>()?, [1.0, 2.0, 1.0]);
    Ok(())
}
