use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[1e-310f64], &Cpu)?;
    assert_eq!((x / 1e-310)?.to_vec1::<f64>()?, [1.0]);
    Ok(())
}
