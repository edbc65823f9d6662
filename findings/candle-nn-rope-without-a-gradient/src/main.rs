use candle_core::{Device::Cpu, Result, Tensor, Var};
use candle_nn::rotary_emb::rope;

fn main() -> Result<()> {
    let x = Var::new(&[[[[1f32, 2.0]]]], &Cpu)?;
    let (cos, sin) = (Tensor::new(&[[0.5f32]], &Cpu)?, Tensor::new(&[[0.25f32]], &Cpu)?);
    // y = [c x0 - s x1, s x0 + c x1]
    let gradients = rope(&x, &cos, &sin)?.sum_all()?.backward()?;
    let gradient = gradients.get(&x).map(|g| g.flatten_all()?.to_vec1::<f32>()).transpose()?;
    assert_eq!(gradient, Some(vec![0.75, 0.25]));
    Ok(())
}
