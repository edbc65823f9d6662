// fails with: attempt to subtract with overflow
use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    // (l - 1) stride is less than 2 padding; the length of the result is (1 - 1) 1 - 2 + 2 + 1 = 1
    let x = Tensor::ones((1, 1, 1), DType::F64, &Cpu)?;
    let kernel = Tensor::new(&[[[1f64, 2.0, 3.0]]], &Cpu)?;
    let y = x.conv_transpose1d(&kernel, 1, 0, 1, 1, 1)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, [2.0]);
    Ok(())
}
