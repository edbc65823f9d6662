use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[1u32, 2], &Cpu)?;
    assert_eq!(x.maximum(-1i64)?.to_vec1::<u32>()?, [1, 2]);
    Ok(())
}
