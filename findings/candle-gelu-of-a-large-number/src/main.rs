use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let x = Var::new(1e13f32, &Cpu)?;
    assert_eq!(x.gelu()?.backward()?.get(&x).unwrap().to_scalar::<f32>()?, 1.0);
    Ok(())
}
