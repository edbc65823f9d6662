use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // kernel of one: the identity; then windows of two over three columns
    let x = Var::new(&[[[[1f64, 9.0, 9.0], [4.0, 5.0, 6.0]]]], &Cpu)?;
    let loss = x.max_pool2d(2)?.sum_all()?;
    let gradient = loss.backward()?.get(&x).unwrap().flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(gradient, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    Ok(())
}
