#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::max_pool1d, ops::MaxPoolOptions};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<3>::from_data(TensorData::new(vec![0.0, f64::NEG_INFINITY, f64::NEG_INFINITY], [1, 1, 3]), (&device, DType::F64));
    let x = x.require_grad();
    let y = max_pool1d(x.clone(), MaxPoolOptions::new([2]).with_stride([1]));
    let gradient: Vec<f64> = x.grad(&y.sum().backward()).unwrap().to_data().iter::<f64>().collect();
    // the first window depends on the first element alone, the second not on it
    assert_eq!(gradient[0], 1.0);
}
