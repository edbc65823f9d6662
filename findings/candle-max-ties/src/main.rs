use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // max(x, x) = x has slope 1 whichever way both move together
    let x = Var::new(&[2f64, 2.0], &Cpu)?;
    let gradient = x.max(0)?.backward()?.get(&x).unwrap().to_vec1::<f64>()?;
    assert_eq!(gradient.iter().sum::<f64>(), 1.0);
    Ok(())
}
