use candle_core::{Device::Cpu, Result, Tensor, Var};
use candle_nn::loss::binary_cross_entropy_with_logit;

fn main() -> Result<()> {
    let logit = Var::new(&[40f64], &Cpu)?;
    let loss = binary_cross_entropy_with_logit(&logit, &Tensor::new(&[1f64], &Cpu)?)?;
    // log(1 + e^-40)
    let value = loss.to_scalar::<f64>()?;
    assert!(value.abs() < 1e-15, "{value}");
    Ok(())
}
