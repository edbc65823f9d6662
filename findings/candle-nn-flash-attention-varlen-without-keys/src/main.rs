use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::flash_attn_varlen_unfused;

fn main() -> Result<()> {
    let q = Tensor::ones((2, 1, 1), DType::F32, &Cpu)?;
    let k = Tensor::ones((1, 1, 1), DType::F32, &Cpu)?;
    let (lengths_q, lengths_k) = (Tensor::new(&[1u32, 1], &Cpu)?, Tensor::new(&[0u32, 1], &Cpu)?);
    let y = flash_attn_varlen_unfused(&q, &k, &k, None, &lengths_q, &lengths_k, 1, 1, 1.0, false, None, None)?;
    // as flash_attn_varlen_cpu: 0 for the first sequence
    assert_eq!(y.dims(), [2, 1, 1]);
    Ok(())
}
