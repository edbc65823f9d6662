use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::rotary_emb::rope;

fn main() -> Result<()> {
    // a cosine for each of two sequences, one sine for both
    let x = Tensor::new(&[[[[1f32, 0.0]]], [[[1.0, 0.0]]]], &Cpu)?;
    let (cos, sin) = (Tensor::new(&[[[1f32]], [[3.0]]], &Cpu)?, Tensor::new(&[[0.5f32]], &Cpu)?);
    let y = rope(&x, &cos, &sin)?.flatten_all()?.to_vec1::<f32>()?;
    assert_eq!(y, [1.0, 0.5, 3.0, 0.5]);
    Ok(())
}
