use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[1e25f32], &Cpu)?;
    let y = (x.recip()? * 1e30)?.sum_all()?;
    let gradient = y.backward()?.get(&x).unwrap().to_vec1::<f32>()?;
    // -1e30 / x^2
    assert!((gradient[0] / -1e-20 - 1.0).abs() < 1e-5, "{gradient:?}");
    Ok(())
}
