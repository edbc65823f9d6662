use candle_core::{Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    // one window of two rows: y[0, j, k] = x[k, j]
    let x = Var::new(&[[1f64, 2.0], [3.0, 4.0]], &Cpu)?;
    let scale = Tensor::new(&[[[1f64, 2.0], [3.0, 4.0]]], &Cpu)?;
    let loss = (x.unfold(0, 2, 2)? * scale)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().to_vec2::<f64>()?;
    assert_eq!(gradient, [[1.0, 3.0], [2.0, 4.0]]);
    Ok(())
}
