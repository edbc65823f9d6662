#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, module::interpolate, ops::{InterpolateMode, InterpolateOptions}};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<4>::zeros([1, 1, 1, 4098], (&device, DType::F64)).require_grad();
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([1, 4097]);
    let gradient = x.grad(&interpolate(x.clone(), options).sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // the last but the last are taken, each once
    assert_eq!(gradient[4096..], [1.0, 0.0]);
}
