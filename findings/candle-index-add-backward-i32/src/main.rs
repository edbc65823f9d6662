// fails with: unsupported dtype F64 for op index-select
use candle_core::{DType, Device::Cpu, Result, Tensor, Var};

fn main() -> Result<()> {
    let s = Var::new(&[1f64, 2.0], &Cpu)?;
    let y = Tensor::zeros(2, DType::F64, &Cpu)?.index_add(&Tensor::new(&[1i32, 0], &Cpu)?, &s, 0)?;
    let gradient = y.sum_all()?.backward()?.get(&s).unwrap().to_vec1::<f64>()?;
    assert_eq!(gradient, [1.0, 1.0]);
    Ok(())
}
