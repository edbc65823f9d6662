use candle_core::{Device::Cpu, Result, Tensor, Var};
use candle_nn::ops::softmax_last_dim;

fn main() -> Result<()> {
    let x = Var::new(&[[0f32, 0.0]], &Cpu)?;
    let loss = (softmax_last_dim(&x)? * Tensor::new(&[[1f32, 0.0]], &Cpu)?)?.sum_all()?;
    // s (1 - s), - s (1 - s) at s = 1/2
    let gradient = loss.backward()?.get(&x).map(|g| g.to_vec2::<f32>()).transpose()?;
    assert_eq!(gradient, Some(vec![vec![0.25, -0.25]]));
    Ok(())
}
