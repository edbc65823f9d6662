use candle_core::{Device::Cpu, Result, Tensor};
use candle_nn::{Linear, Module};

fn main() -> Result<()> {
    let layer = Linear::new(Tensor::new(&[[1.0f64, 10.0]], &Cpu)?, None);
    let x = Tensor::new(&[[[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [1.0, 2.0, 3.0]]], &Cpu)?;
    let x = x.transpose(1, 2)?;
    let y = layer.forward(&x)?.flatten_all()?.to_vec1::<f64>()?;
    let expected = layer.forward(&x.contiguous()?)?.flatten_all()?.to_vec1::<f64>()?;
    assert_eq!(y, expected);
    Ok(())
}
