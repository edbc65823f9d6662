// fails with: has overflowed its stack
use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(1f64, &Cpu)?;
    let mut y = x.as_tensor().clone();
    for _ in 0..20_000 {
        y = (y + 1.0)?;
    }
    assert_eq!(y.backward()?.get(&x).unwrap().to_scalar::<f64>()?, 1.0);
    Ok(())
}
