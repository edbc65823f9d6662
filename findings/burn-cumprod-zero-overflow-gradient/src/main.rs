use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let data = TensorData::new(vec![2.0f64, 0.0, 1e20, 1e20], [4]);
    let x = Tensor::<1>::from_data(data, (&device, DType::F32)).require_grad();
    let y = x.clone().cumprod(0).slice([0..1]);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // y is the first element
    assert_eq!(gradient, [1.0, 0.0, 0.0, 0.0]);
}
