use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::{LayerNorm, Module};

fn main() -> Result<()> {
    let one = Tensor::new(&[1f32, 1.0], &Cpu)?;
    let layer = LayerNorm::new(one.clone(), one.zeros_like()?, 1e-5);
    let y = layer.forward(&Tensor::new(&[[1e20f32, -1e20]], &Cpu)?)?;
    assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [1.0, -1.0]);
    Ok(())
}
