// fails with: Element cannot be represented in the target type: "i64"(2147483648) => "i32"
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![1i32], [1]), (&Device::ndarray(), DType::I32));
    let y: Vec<i32> = x.bitwise_left_shift_scalar(31).to_data().iter::<i32>().collect();
    assert_eq!(y, [i32::MIN]);
}
