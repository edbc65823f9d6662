use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64], [1]), (&device, DType::F64)).require_grad();
    let y = activation::softplus(x.clone(), 0.3);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    let right: f64 = 1.0 / (1.0 + (-0.3f64).exp());
    assert!((gradient[0] - right).abs() < 1e-13 * right.abs(), "{}, should be {right}", gradient[0]);
}
