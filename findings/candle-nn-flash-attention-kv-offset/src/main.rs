use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    for batch in [1, 2] {
        let q = Tensor::ones((batch, 1, 1, 1), DType::F32, &Cpu)?;
        let k = Tensor::ones((batch, 2, 1, 1), DType::F32, &Cpu)?;
        let v = Tensor::new(&[1f32, 3.0], &Cpu)?.reshape((1, 2, 1, 1))?.repeat((batch, 1, 1, 1))?;
        // the query at position 0 sees the first key only
        let y = flash_attn::<f32>(&q, &k, &v, 1.0, AttnMask::causal_with_offset(0), None, None)?;
        assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, vec![1.0; batch]);
    }
    Ok(())
}
