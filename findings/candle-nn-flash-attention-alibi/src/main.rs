use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    // slope 0.5, and the query is at the place of the second key
    let weight = 1.0 / (1.0 + (-0.5f32).exp());
    for batch in [2, 1] {
        let q = Tensor::ones((batch, 1, 1, 1), DType::F32, &Cpu)?;
        let k = Tensor::ones((batch, 2, 1, 1), DType::F32, &Cpu)?;
        let v = Tensor::new(&[0f32, 1.0], &Cpu)?.reshape((1, 2, 1, 1))?.repeat((batch, 1, 1, 1))?;
        let y = flash_attn::<f32>(&q, &k, &v, 1.0, AttnMask::None, Some(1.0), None)?.flatten_all()?.to_vec1::<f32>()?;
        assert!((y[0] - weight).abs() < 1e-6, "batch {batch}: {y:?} {weight}");
    }
    Ok(())
}
