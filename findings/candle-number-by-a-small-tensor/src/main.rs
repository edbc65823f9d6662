use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[1e-310f64], &Cpu)?;
    let y = (1e-5 / x)?.to_vec1::<f64>()?;
    assert!((y[0] / 1e305 - 1.0).abs() < 1e-9, "{y:?}");
    Ok(())
}
