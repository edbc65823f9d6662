use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![0.0f64, 0.0, 1.0], [3]), (&device, DType::F64)).require_grad();
    let y = x.clone().var_bias(0);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    let right: f64 = -2.0 / 9.0;
    assert!((gradient[0] - right).abs() < 1e-13 * right.abs(), "{}, should be {right}", gradient[0]);
}
