use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    let q = Tensor::ones((1, 1, 1, 1), DType::F32, &Cpu)?;
    let k = Tensor::new(&[0f32, 1.0], &Cpu)?.reshape((1, 2, 1, 1))?;
    // softmax of 0.5 tanh(k / 0.5), and the query sees both keys
    let weight = 1.0 / (1.0 + (-0.5 * 2f32.tanh()).exp());
    for mask in [AttnMask::None, AttnMask::causal_with_offset(1)] {
        let y = flash_attn::<f32>(&q, &k, &k, 1.0, mask, None, Some(0.5))?.flatten_all()?.to_vec1::<f32>()?;
        assert!((y[0] - weight).abs() < 1e-6, "{y:?} {weight}");
    }
    Ok(())
}
