// fails with: called `Option::unwrap()` on a `None` value
#![allow(deprecated)]
use burn_tensor::{Bool, DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::ndarray();
    let tensor = |data: Vec<f64>| Tensor::<2>::from_data(TensorData::new(data, [2, 2]), (&device, DType::F64));
    let mask = Tensor::<2, Bool>::from_data(TensorData::new(vec![true, false], [1, 2]), &device);
    let y = tensor(vec![1.0, 2.0, 3.0, 4.0]).mask_where(mask, tensor(vec![5.0, 6.0, 7.0, 8.0])).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [5.0, 2.0, 7.0, 4.0]);
}
