// fails with: ndarray gather_nd requires contiguous data
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let device = Device::ndarray();
    let x = Tensor::<2>::from_data(TensorData::new(vec![1.0f64, 2.0, 3.0, 4.0], [2, 2]), (&device, DType::F64));
    let index = Tensor::<2, Int>::from_ints([[0, 1]], &device);
    let y = x.swap_dims(0, 1).gather_nd::<2, 1>(index).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [3.0]);
}
