use burn_tensor::{activation, DType, Device, Tensor, TensorData};

fn main() {
    #[allow(deprecated)]
    let device = Device::ndarray().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64], [1]), (&device, DType::F64));
    let y: Vec<f64> = activation::sigmoid(x).to_data().iter::<f64>().collect();
    let right = 1.0 / (1.0 + (-1.0f64).exp());
    assert!((y[0] - right).abs() < 1e-14, "{}, should be {right}", y[0]);
}
