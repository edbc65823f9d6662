use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |x: f64| Tensor::<1>::from_data(TensorData::new(vec![x], [1]), (&device, DType::F64));
    let (x, y) = (tensor(0.0).require_grad(), tensor(0.0));
    let z = x.clone().powi(y.clone());
    let gradient = x.grad(&z.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // x^0 = 1
    assert_eq!(gradient, [0.0]);
}
