use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64], [1]), (&device, DType::F64)).require_grad();
    let y = x.clone().div_scalar(1.5f64);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    assert!((gradient[0] - 1.0 / 1.5).abs() < 1e-15, "{gradient:?}");
}
