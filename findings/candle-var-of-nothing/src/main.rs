// fails with: attempt to subtract with overflow
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // 0 / 0; without overflow checks it is 0
    let y = Tensor::zeros((1, 0), DType::F64, &Cpu)?.var(1)?.to_vec1::<f64>()?;
    assert!(y[0].is_nan(), "{y:?}");
    Ok(())
}
