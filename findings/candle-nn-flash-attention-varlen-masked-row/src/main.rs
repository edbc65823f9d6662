use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::flash_attn_varlen_unfused;

fn main() -> Result<()> {
    let q = Tensor::ones((2, 1, 1), DType::F32, &Cpu)?;
    let k = Tensor::ones((1, 1, 1), DType::F32, &Cpu)?;
    let (length_q, length_k) = (Tensor::new(&[2u32], &Cpu)?, Tensor::new(&[1u32], &Cpu)?);
    let y = flash_attn_varlen_unfused(&q, &k, &k, None, &length_q, &length_k, 2, 1, 1.0, false, Some(0), Some(0))?;
    // as flash_attn_varlen_cpu: 0 for a query that sees no key
    assert_eq!(y.to_vec3::<f32>()?, [[[0.0]], [[1.0]]]);
    Ok(())
}
