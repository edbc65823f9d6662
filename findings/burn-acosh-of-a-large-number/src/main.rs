use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![1e20f32], [1]);
    let x = Tensor::<1>::from_data(data, (&device, DType::F32)).require_grad();
    let gradient = x.grad(&x.clone().acosh().sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // 1 / sqrt(x^2 - 1)
    assert!((gradient[0] / 1e-20 - 1.0).abs() < 1e-5, "{gradient:?}");
}
