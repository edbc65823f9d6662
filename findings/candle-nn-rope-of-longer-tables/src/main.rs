use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::rotary_emb::rope;

fn main() -> Result<()> {
    // one position each of two sequences; tables of two positions for each
    let x = Tensor::new(&[[[[1f32, 0.0]]], [[[1.0, 0.0]]]], &Cpu)?;
    let cos = Tensor::new(&[[[1f32], [2.0]], [[3.0], [4.0]]], &Cpu)?;
    let y = rope(&x, &cos, &cos.zeros_like()?)?.flatten_all()?.to_vec1::<f32>()?;
    assert_eq!(y, [1.0, 0.0, 3.0, 0.0]);
    Ok(())
}
