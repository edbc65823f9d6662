#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::max_pool1d, ops::MaxPoolOptions};

fn main() {
    let device = Device::ndarray();
    let x = Tensor::<3>::from_data(TensorData::new(vec![1.0, f64::NAN, 2.0], [1, 1, 3]), (&device, DType::F64));
    let y: Vec<f64> = max_pool1d(x, MaxPoolOptions::new([3])).to_data().iter::<f64>().collect();
    assert!(y[0].is_nan(), "{}, should be NaN", y[0]);
}
