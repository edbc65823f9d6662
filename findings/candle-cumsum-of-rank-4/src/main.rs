// fails with: MatMulUnexpectedStriding
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let y = Tensor::ones((2, 2, 2, 2), DType::F64, &Cpu)?.cumsum(0)?.flatten_all()?;
    assert_eq!(y.to_vec1::<f64>()?, [[1.0; 8], [2.0; 8]].concat());
    Ok(())
}
