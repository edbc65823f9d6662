use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let half = (Tensor::new(&[6i64, 4], &Cpu)? / 2.0)?;
    assert_eq!(half.to_vec1::<i64>()?, [3, 2]);
    Ok(())
}
