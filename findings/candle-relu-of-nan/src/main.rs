use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // as maximum(NaN, 0)
    let y = Tensor::new(&[f64::NAN], &Cpu)?.relu()?.to_vec1::<f64>()?;
    assert!(y[0].is_nan(), "{y:?}");
    Ok(())
}
