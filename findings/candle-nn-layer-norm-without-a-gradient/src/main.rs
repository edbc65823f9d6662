use candle_core::{Device::Cpu, Result, Var};
use candle_nn::{LayerNorm, Module};

fn main() -> Result<()> {
    let x = Var::new(&[[1f32, 2.0, 4.0]], &Cpu)?;
    let weight = Var::new(&[1f32, 1.0, 1.0], &Cpu)?;
    let bias = Var::new(&[0f32, 0.0, 0.0], &Cpu)?;
    let layer = LayerNorm::new(weight.as_tensor().clone(), bias.as_tensor().clone(), 1e-5);
    let gradients = layer.forward(&x)?.sum_all()?.backward()?;
    // each bias is added once
    let gradient = gradients.get(&bias).map(|g| g.to_vec1::<f32>()).transpose()?;
    assert_eq!(gradient, Some(vec![1.0, 1.0, 1.0]));
    Ok(())
}
