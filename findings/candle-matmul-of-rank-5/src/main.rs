// fails with: MatMulUnexpectedStriding
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((2, 2, 2, 2, 2), DType::F64, &Cpu)?;
    assert_eq!(x.matmul(&x)?.flatten_all()?.to_vec1::<f64>()?, [2.0; 32]);
    Ok(())
}
