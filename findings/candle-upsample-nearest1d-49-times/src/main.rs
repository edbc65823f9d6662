use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // the gradient by an element is how often it was copied
    let x = Var::new(&[[[1f64, 0.0]]], &Cpu)?;
    let y = x.upsample_nearest1d(98)?.sum_all()?;
    let gradient = y.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient[0], y.to_scalar::<f64>()?);
    Ok(())
}
