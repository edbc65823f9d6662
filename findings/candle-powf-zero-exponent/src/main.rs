use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[0f64], &Cpu)?;
    let gradient = x.powf(0.0)?.sum_all()?.backward()?.get(&x).unwrap().to_vec1::<f64>()?;
    assert_eq!(gradient, [0.0]);
    Ok(())
}
