use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // two examples, one channel in, two out, kernel of one: y[n, o] = w[o] x[n]
    let x = Var::new(&[[[1f64]], [[1.0]]], &Cpu)?;
    let w = Tensor::new(&[[[1f64]], [[10.0]]], &Cpu)?;
    let scale = Tensor::new(&[[[1f64], [1.0]], [[2.0], [3.0]]], &Cpu)?;
    let loss = (x.conv1d(&w, 0, 1, 1, 1)? * scale)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [11.0, 32.0]);
    Ok(())
}
