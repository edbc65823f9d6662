// fails with: range start index
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // the second of two empty columns
    let x = Tensor::zeros((0, 2), DType::F64, &Cpu)?.narrow(1, 1, 1)?;
    assert_eq!(x.sum(0)?.to_vec1::<f64>()?, [0.0]);
    Ok(())
}
