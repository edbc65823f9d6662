use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((1, 2, 1), DType::F64, &Cpu)?;
    let kernel = Tensor::new(&[[[1.0]], [[2.0]], [[3.0]]], &Cpu)?;
    // three channels cannot be shared among two groups: an error, or three channels
    if let Ok(y) = x.conv1d(&kernel, 0, 1, 1, 2) {
        assert_eq!(y.dims(), [1, 3, 1]);
    }
    Ok(())
}
