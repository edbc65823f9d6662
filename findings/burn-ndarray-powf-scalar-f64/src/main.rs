#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![8.0f64], [1]), (&device, DType::F64)).require_grad();
    let y = x.clone().powf_scalar(1.0 / 3.0);
    let gradient: Vec<f64> = x.grad(&y.clone().sum().backward()).unwrap().to_data().iter::<f64>().collect();
    let y: Vec<f64> = y.to_data().iter::<f64>().collect();
    assert!((gradient[0] - 1.0 / 12.0).abs() < 1e-14, "{}, should be {}", gradient[0], 1.0 / 12.0);
    assert!((y[0] - 2.0).abs() < 1e-14, "{}, should be 2", y[0]);
}
