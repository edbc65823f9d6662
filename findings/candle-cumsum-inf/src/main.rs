use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let y = Tensor::new(&[1f64, f64::INFINITY], &Cpu)?.cumsum(0)?;
    assert_eq!(y.to_vec1::<f64>()?, [1.0, f64::INFINITY]);
    Ok(())
}
