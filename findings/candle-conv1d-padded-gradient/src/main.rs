// fails with: attempt to subtract with overflow
use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // padded so that the length stays: y = [2 x0 + 3 x1, x0 + 2 x1]
    let x = Var::new(&[[[5f64, 7.0]]], &Cpu)?;
    let kernel = Tensor::new(&[[[1f64, 2.0, 3.0]]], &Cpu)?;
    let loss = x.conv1d(&kernel, 1, 1, 1, 1)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [3.0, 5.0]);
    Ok(())
}
