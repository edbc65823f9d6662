use candle_core::{DType, Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    let q = Tensor::ones((1, 1, 2, 1), DType::F32, &Cpu)?;
    let k = Tensor::ones((1, 2, 2, 1), DType::F32, &Cpu)?;
    let v = Tensor::new(&[1f32, 1.0, 3.0, 3.0], &Cpu)?.reshape((1, 2, 2, 1))?;
    // the first head sees the first key, the second head the second one
    let no = f32::NEG_INFINITY;
    let mask = Tensor::new(&[0f32, no, no, 0.0], &Cpu)?.reshape((1, 2, 1, 2))?;
    let y = flash_attn::<f32>(&q, &k, &v, 1.0, AttnMask::Mask(mask), None, None)?;
    assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [1.0, 3.0]);
    Ok(())
}
