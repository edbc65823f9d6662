use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[3u32], &Cpu)?;
    assert_eq!((x - 1.0)?.to_vec1::<u32>()?, [2]);
    Ok(())
}
