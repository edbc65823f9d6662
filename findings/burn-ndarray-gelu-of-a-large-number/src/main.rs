#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1e13f32], [1]), (&device, DType::F32)).require_grad();
    let gradient = x.grad(&activation::gelu(x.clone()).sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f32>().collect::<Vec<_>>(), [1.0]);
}
