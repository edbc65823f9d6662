// fails with: Element cannot be represented in the target type: "i64"(3000000000) => "i32"
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![5i32, -5], [2]), (&Device::ndarray(), DType::I32));
    let y: Vec<i32> = x.clamp_max(3_000_000_000i64).to_data().iter::<i32>().collect();
    assert_eq!(y, [5, -5]);
}
