use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // x / y by y at x = y: -1 / y
    for at in [1e25f32, 1e-25] {
        let (x, y) = (Var::new(at, &Cpu)?, Var::new(at, &Cpu)?);
        let gradient = x.div(&y)?.backward()?.get(&y).unwrap().to_scalar::<f32>()?;
        assert!((gradient * at + 1.0).abs() < 1e-6, "{gradient}");
    }
    Ok(())
}
