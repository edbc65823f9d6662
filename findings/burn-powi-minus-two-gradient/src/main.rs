use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![1e-10f32], [1]);
    let x = Tensor::<1>::from_data(data, (&device, DType::F32)).require_grad();
    let gradient = x.grad(&x.clone().powi_scalar(-2).sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // -2 x^-3
    assert!((gradient[0] / -2e30 - 1.0).abs() < 1e-5, "{gradient:?}");
}
