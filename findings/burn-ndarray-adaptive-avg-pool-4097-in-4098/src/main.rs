#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::adaptive_avg_pool1d};

fn main() {
    let device = Device::ndarray();
    let mut data = vec![0.0f64; 4097];
    data[4096] = 1.0;
    let x = Tensor::<3>::from_data(TensorData::new(data, [1, 1, 4097]), (&device, DType::F64));
    let y: Vec<f64> = adaptive_avg_pool1d(x, 4098).to_data().iter::<f64>().collect();
    // the last but one is the mean of the last two
    assert_eq!(y[4096..], [0.5, 1.0]);
}
