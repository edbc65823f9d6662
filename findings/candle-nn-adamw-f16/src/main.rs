use candle_core::{DType, Device::Cpu, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer};

fn main() -> Result<()> {
    let x = Var::from_tensor(&Tensor::new(-1f64, &Cpu)?.to_dtype(DType::F16)?)?;
    let mut optimizer = AdamW::new_lr(vec![x.clone()], 0.1)?;
    // gradient 0
    optimizer.backward_step(&(x.relu()?))?;
    let x = x.to_dtype(DType::F64)?.to_scalar::<f64>()?;
    assert!((x + 1.0).abs() < 2e-3, "{x}");
    Ok(())
}
