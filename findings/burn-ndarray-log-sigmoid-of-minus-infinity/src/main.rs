#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, activation};

fn main() {
    let device = Device::ndarray();
    let x = Tensor::<1>::from_data(TensorData::new(vec![f64::NEG_INFINITY], [1]), (&device, DType::F64));
    let y = activation::log_sigmoid(x).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [f64::NEG_INFINITY]);
}
