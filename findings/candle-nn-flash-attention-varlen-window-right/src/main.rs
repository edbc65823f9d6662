use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::flash_attn_varlen_cpu;

fn main() -> Result<()> {
    let x = Tensor::ones((1, 1, 1), DType::F32, &Cpu)?;
    let length = Tensor::new(&[1u32], &Cpu)?;
    // no key lies to the right
    let y = flash_attn_varlen_cpu(&x, &x, &x, None, &length, &length, 1, 1, 1.0, false, None, Some(0))?;
    assert_eq!(y.to_vec3::<f32>()?, [[[1.0]]]);
    Ok(())
}
