use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::new(&[118f64], &Cpu)?.to_dtype(DType::F16)?;
    let y = (1e5 / x)?.to_dtype(DType::F64)?.to_vec1::<f64>()?[0];
    assert!((y / 847.46 - 1.0).abs() < 1e-2, "{y}");
    Ok(())
}
