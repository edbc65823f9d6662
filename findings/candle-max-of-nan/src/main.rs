use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[f64::NAN, 1.0], &Cpu)?;
    let y = Tensor::new(&[1.0, f64::NAN], &Cpu)?;
    // the order of the elements must not matter
    let (a, b) = (x.max(0)?.to_scalar::<f64>()?, y.max(0)?.to_scalar::<f64>()?);
    assert_eq!(a.is_nan(), b.is_nan(), "{a} {b}");
    Ok(())
}
