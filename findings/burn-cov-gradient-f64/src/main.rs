use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![0.0f64, 1.0, 3.0, 5.0], [4, 1]);
    let x = Tensor::<2>::from_data(data, (&device, DType::F64)).require_grad();
    let y = x.clone().cov(0, 1);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // 2 (x - mean) / (n - 1)
    let right = -1.5f64;
    assert!((gradient[0] - right).abs() < 1e-13 * right.abs(), "{}, should be {right}", gradient[0]);
}
