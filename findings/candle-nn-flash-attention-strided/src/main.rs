use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    let query = Tensor::new(&[[[[0f32, 1.0], [2.0, 3.0]]]], &Cpu)?;
    let key = Tensor::new(&[[[[1f32, 2.0], [3.0, 4.0]], [[4.0, 3.0], [2.0, 1.0]]]], &Cpu)?;
    let attention = |q: &Tensor| flash_attn::<f32>(q, &key, &key, 1.0, AttnMask::None, None, None)?.flatten_all()?.to_vec1::<f32>();
    // the same numbers, in another order in memory
    let strided = query.transpose(2, 3)?.contiguous()?.transpose(2, 3)?;
    assert_eq!(attention(&strided)?, attention(&query)?);
    Ok(())
}
