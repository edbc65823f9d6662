use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![1000.0f64], [1]);
    let x = Tensor::<1>::from_data(data, (&device, DType::F64)).require_grad();
    let t = x.clone();
    let y = activation::elu(t, 1.0);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // a linear function where x > 0
    assert!((gradient[0] - 1.0).abs() < 1e-6, "{gradient:?}");
}
