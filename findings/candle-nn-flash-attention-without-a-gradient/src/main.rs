use candle_core::{DType, Device::Cpu, Result, Tensor, Var};
use candle_nn::attention::{AttnMask, flash_attn};

fn main() -> Result<()> {
    // one key: the result is the value
    let (query, value) = (Tensor::ones((1, 1, 1, 2), DType::F32, &Cpu)?, Var::new(&[[[[3f32, 4.0]]]], &Cpu)?);
    let y = flash_attn::<f32>(&query, &query, &value, 1.0, AttnMask::None, None, None)?;
    let gradients = y.sum_all()?.backward()?;
    let gradient = gradients.get(&value).map(|g| g.flatten_all()?.to_vec1::<f32>()).transpose()?;
    assert_eq!(gradient, Some(vec![1.0, 1.0]));
    Ok(())
}
