// fails with: user-provided comparison function does not correctly implement a total order
use candle_core::{Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // one NaN among 21 numbers
    let data: Vec<f64> = (0..21).map(|i| if i == 1 { f64::NAN } else { ((21 - i) * 7 % 19) as f64 }).collect();
    let y = Tensor::new(&data[..], &Cpu)?.sort_last_dim(true)?.0.to_vec1::<f64>()?;
    assert_eq!(y.iter().filter(|y| !y.is_nan()).count(), 20);
    Ok(())
}
