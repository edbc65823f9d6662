use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[3f64, f64::NAN, 1.0], &Cpu)?;
    let y = x.sort_last_dim(true)?.0.to_vec1::<f64>()?;
    let numbers: Vec<f64> = y.into_iter().filter(|y| !y.is_nan()).collect();
    assert_eq!(numbers, [1.0, 3.0]);
    Ok(())
}
