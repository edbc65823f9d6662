use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(&[3e20f32, 4e20], &Cpu)?;
    let norm = x.norm()?;
    let gradient = norm.backward()?.get(&x).unwrap().to_vec1::<f32>()?;
    assert!((norm.to_scalar::<f32>()? / 5e20 - 1.0).abs() < 1e-6, "{norm}");
    assert!((gradient[0] - 0.6).abs() < 1e-6, "{gradient:?}");
    Ok(())
}
