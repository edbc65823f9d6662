use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // the third column is in no window
    let x = Var::new(&[[[[1f64, 2.0, 3.0], [4.0, 5.0, 6.0]]]], &Cpu)?;
    let loss = x.avg_pool2d(2)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [0.25, 0.25, 0.0, 0.25, 0.25, 0.0]);
    Ok(())
}
