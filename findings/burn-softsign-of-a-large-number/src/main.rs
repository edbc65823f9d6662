use burn_tensor::{DType, Device, Tensor, TensorData, activation::softsign};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![1e20f32], [1]);
    let x = Tensor::<1>::from_data(data, (&device, DType::F32)).require_grad();
    let gradient = x.grad(&softsign(x.clone()).mul_scalar(1e30).sum().backward()).unwrap();
    let gradient: Vec<f64> = gradient.to_data().iter::<f64>().collect();
    // 1e30 / (1 + x)^2
    assert!((gradient[0] / 1e-10 - 1.0).abs() < 1e-5, "{gradient:?}");
}
