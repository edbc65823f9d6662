use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![300f32], [1]), (&device, DType::F16)).require_grad();
    let gradient = x.grad(&x.clone().recip().sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // -1 / x^2
    assert!((gradient[0] * -90000.0 - 1.0).abs() < 0.01, "{gradient:?}");
}
