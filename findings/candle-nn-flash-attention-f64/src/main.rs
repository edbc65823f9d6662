use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    let x = Tensor::ones((1, 1, 1, 2), DType::F64, &Cpu)?;
    assert_eq!(flash_attn::<f64>(&x, &x, &x, 1.0, AttnMask::None, None, None)?.dtype(), DType::F64);
    Ok(())
}
