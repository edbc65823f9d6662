// fails with: attempt to divide by zero
use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(2f64, &Cpu)?.broadcast_as(1)?;
    assert_eq!(x.max(0)?.to_scalar::<f64>()?, 2.0);
    Ok(())
}
