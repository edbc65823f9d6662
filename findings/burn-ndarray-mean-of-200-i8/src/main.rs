// fails with: Converting number of elements to `A` must not fail
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![0i8; 200], [200]), (&Device::ndarray(), DType::I8));
    let mean: Vec<i64> = x.mean().to_data().iter::<i64>().collect();
    assert_eq!(mean, [0]);
}
