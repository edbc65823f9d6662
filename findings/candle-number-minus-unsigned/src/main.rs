use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[6u32, 4], &Cpu)?;
    assert_eq!((10.0 - x)?.to_vec1::<u32>()?, [4, 6]);
    Ok(())
}
