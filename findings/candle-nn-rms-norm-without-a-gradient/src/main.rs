use candle_core::{Device::Cpu, Result, Var};
use candle_nn::{Module, RmsNorm};

fn main() -> Result<()> {
    let x = Var::new(&[[3f32, 3.0]], &Cpu)?;
    let weight = Var::new(&[1f32, 1.0], &Cpu)?;
    let layer = RmsNorm::new(weight.as_tensor().clone(), 0.0);
    let gradients = layer.forward(&x)?.sum_all()?.backward()?;
    // y = weight x / 3
    let gradient = gradients.get(&weight).map(|g| g.to_vec1::<f32>()).transpose()?;
    assert_eq!(gradient, Some(vec![1.0, 1.0]));
    Ok(())
}
