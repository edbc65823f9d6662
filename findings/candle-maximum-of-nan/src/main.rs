use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[f64::NAN, 1.0], &Cpu)?;
    let y = Tensor::new(&[1.0, f64::NAN], &Cpu)?;
    // the order of the operands must not matter
    let z = x.maximum(&y)?.to_vec1::<f64>()?;
    assert_eq!(z[0].is_nan(), z[1].is_nan(), "{z:?}");
    Ok(())
}
