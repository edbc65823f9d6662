// fails with: Data type mismatch
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![5u32, 0], [2]), (&Device::ndarray(), DType::U32));
    let y: Vec<u32> = (x.clone().sign() * x).to_data().iter::<u32>().collect();
    assert_eq!(y, [5, 0]);
}
