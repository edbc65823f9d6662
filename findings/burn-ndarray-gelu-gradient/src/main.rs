use burn_tensor::{activation, DType, Device, Tensor, TensorData};

fn main() {
    #[allow(deprecated)]
    let device = Device::ndarray().autodiff();
    let x = TensorData::new(vec![1.0f64], [1]);
    let x = Tensor::<1>::from_data(x, (&device, DType::F64)).require_grad();
    let gradients = activation::gelu(x.clone()).sum().backward();
    let g: Vec<f64> = x.grad(&gradients).unwrap().to_data().iter::<f64>().collect();
    // Phi(1) + phi(1), which is the slope of the values
    let right = 1.0833154705876864;
    assert!((g[0] - right).abs() < 1e-12, "{}, should be {right}", g[0]);
}
