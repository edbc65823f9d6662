use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[[[1f64, 2.0], [3.0, 4.0]]], &Cpu)?;
    let w = Tensor::new(&[[[1f64, 20.0], [300.0, 4000.0]]], &Cpu)?.transpose(1, 2)?;
    let y = x.conv1d(&w, 0, 1, 1, 1)?.sum_all()?.to_scalar::<f64>()?;
    // w = [[1, 300], [20, 4000]]
    assert_eq!(y, 1.0 + 600.0 + 60.0 + 16000.0);
    Ok(())
}
