use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    for (x, dtype) in [(1e8, DType::F32), (300.0, DType::BF16)] {
        let x = Var::from_tensor(&Tensor::new(x, &Cpu)?.to_dtype(dtype)?)?;
        let gradient = x.silu()?.backward()?.get(&x).unwrap().to_dtype(DType::F64)?;
        assert_eq!(gradient.to_scalar::<f64>()?, 1.0);
    }
    Ok(())
}
