use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[-2f64, 0.0], &Cpu)?;
    let y = x.pow(&Tensor::new(&[2f64, 0.0], &Cpu)?)?.to_vec1::<f64>()?;
    assert!((y[0] - 4.0).abs() < 1e-12 && y[1] == 1.0, "{y:?}");
    Ok(())
}
