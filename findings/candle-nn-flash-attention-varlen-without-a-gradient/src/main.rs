use candle_core::{Device::Cpu, Result, Tensor, Var};
use candle_nn::attention::{flash_attn_varlen_cpu, flash_attn_varlen_unfused};

fn main() -> Result<()> {
    let (q, k) = (Var::new(&[[[1f32]]], &Cpu)?, Var::new(&[[[1f32]], [[2.0]]], &Cpu)?);
    let (length_q, length_k) = (Tensor::new(&[1u32], &Cpu)?, Tensor::new(&[2u32], &Cpu)?);
    for attention in [flash_attn_varlen_unfused, flash_attn_varlen_cpu] {
        let y = attention(&q, &k, &k.detach(), None, &length_q, &length_k, 1, 2, 1.0, false, None, None)?;
        let gradients = y.sum_all()?.backward()?;
        // p (1 - p), p = 1 / (1 + e^-1)
        let gradient = gradients.get(&q).map(|g| g.to_vec3::<f32>()).transpose()?;
        assert!(gradient.as_ref().is_some_and(|g| (g[0][0][0] - 0.1966119).abs() < 1e-6), "{gradient:?}");
    }
    Ok(())
}
