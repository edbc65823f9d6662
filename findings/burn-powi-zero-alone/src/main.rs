// fails with: requires a tracked autodiff tensor
use burn_tensor::{Device, Tensor};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_floats([2.0], &device).require_grad();
    // powf_scalar(0.0) has a gradient
    let gradient = x.grad(&x.clone().powi_scalar(0).sum().backward()).unwrap();
    let gradient: Vec<f64> = gradient.to_data().iter::<f64>().collect();
    assert_eq!(gradient, [0.0]);
}
