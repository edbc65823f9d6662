use burn_tensor::{Device, FloatDType, Tensor, activation::softsign};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_floats([300.0], &device).cast(FloatDType::F16).require_grad();
    let gradient = x.grad(&softsign(x.clone()).sum().backward()).unwrap();
    let gradient: Vec<f64> = gradient.to_data().iter::<f64>().collect();
    // 1 / 301^2
    assert!((gradient[0] - 1.1e-5).abs() < 1e-5, "{gradient:?}");
}
