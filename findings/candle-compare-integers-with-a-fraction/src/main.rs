use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[1i64, 2], &Cpu)?;
    assert_eq!(x.lt(1.5)?.to_vec1::<u8>()?, [1, 0]);
    Ok(())
}
