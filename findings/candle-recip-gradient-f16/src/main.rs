use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    let x = Var::from_tensor(&Tensor::new(&[300f32], &Cpu)?.to_dtype(DType::F16)?)?;
    let gradients = x.recip()?.sum_all()?.backward()?;
    let gradient = gradients.get(&x).unwrap().to_dtype(DType::F32)?.to_vec1::<f32>()?;
    // -1 / x^2
    assert!((gradient[0] * -90000.0 - 1.0).abs() < 0.01, "{gradient:?}");
    Ok(())
}
