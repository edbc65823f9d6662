// fails with: ndarray scatter_nd requires contiguous data
#![allow(deprecated)]
use burn_tensor::{DType, Device, IndexingUpdateOp, Int, Tensor, TensorData};

fn main() {
    let device = Device::ndarray();
    let x = Tensor::<2>::from_data(TensorData::new(vec![1.0f64, 2.0, 3.0, 4.0], [2, 2]), (&device, DType::F64));
    let index = Tensor::<2, Int>::from_ints([[0, 1]], &device);
    let value = Tensor::<1>::from_data(TensorData::new(vec![10.0f64], [1]), (&device, DType::F64));
    let y = x.swap_dims(0, 1).scatter_nd::<2, 1>(index, value, IndexingUpdateOp::Add).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [1.0, 13.0, 2.0, 4.0]);
}
