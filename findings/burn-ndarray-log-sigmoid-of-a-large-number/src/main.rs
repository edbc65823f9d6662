#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![40.0f64], [1]), (&device, DType::F64)).require_grad();
    let y = activation::log_sigmoid(x.clone());
    let gradient: Vec<f64> = x.grad(&y.clone().sum().backward()).unwrap().to_data().iter::<f64>().collect();
    let y: Vec<f64> = y.to_data().iter::<f64>().collect();
    let right = (-40.0f64).exp();
    assert!((y[0] + right).abs() < 1e-12 * right, "{}, should be {}", y[0], -right);
    assert!((gradient[0] - right).abs() < 1e-12 * right, "{}, should be {right}", gradient[0]);
}
