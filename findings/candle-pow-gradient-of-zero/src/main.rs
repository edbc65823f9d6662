use candle_core::{Device::Cpu, Result, Var};

fn main() -> Result<()> {
    // x^p, by x: p x^(p - 1) = 0; by p: x^p log x -> 0
    let (x, p) = (Var::new(0f64, &Cpu)?, Var::new(2f64, &Cpu)?);
    let gradients = x.pow(&p)?.backward()?;
    let by = |v: &Var| gradients.get(v).unwrap().to_scalar::<f64>();
    assert_eq!([by(&x)?, by(&p)?], [0.0, 0.0]);
    Ok(())
}
