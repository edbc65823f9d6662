use candle_core::{DType, Device::Cpu, Result, Tensor};

fn main() -> Result<()> {
    let x = Tensor::ones((1, 2, 1, 1), DType::F64, &Cpu)?;
    let y = Tensor::ones((2, 1, 1, 1), DType::F64, &Cpu)?;
    // an error, or that of broadcast_matmul
    if let Ok(z) = x.matmul(&y) {
        assert_eq!(z.dims(), x.broadcast_matmul(&y)?.dims());
    }
    Ok(())
}
