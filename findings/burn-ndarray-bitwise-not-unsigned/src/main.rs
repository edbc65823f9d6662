// fails with: Element cannot be represented in the target type: "i64"(-6) => "u32"
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![5u32], [1]), (&Device::ndarray(), DType::U32));
    let y: Vec<u32> = x.bitwise_not().to_data().iter::<u32>().collect();
    assert_eq!(y, [4_294_967_290]);
}
