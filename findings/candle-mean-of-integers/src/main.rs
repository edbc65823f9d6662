use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    assert_eq!(Tensor::new(&[2u32, 4], &Cpu)?.mean(0)?.to_scalar::<u32>()?, 3);
    Ok(())
}
