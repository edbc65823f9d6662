use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    let (x, h) = (Var::new(1f64, &Cpu)?, 1e-4);
    for f in [candle_core::Tensor::gelu, candle_core::Tensor::gelu_erf] {
        let gradient = f(&x)?.backward()?.get(&x).unwrap().to_scalar::<f64>()?;
        let at = |d: f64| f(&(x.as_tensor() + d)?)?.to_scalar::<f64>();
        let slope = (8.0 * (at(h)? - at(-h)?) - (at(2.0 * h)? - at(-2.0 * h)?)) / (12.0 * h);
        assert!((gradient - slope).abs() < 1e-9, "{gradient} {slope}");
    }
    Ok(())
}
