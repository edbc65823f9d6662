use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1e20f64], [1]), (&device, DType::F32)).require_grad();
    let y = activation::gelu_approximate(x.clone());
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    assert_eq!(gradient, [1.0]);
}
