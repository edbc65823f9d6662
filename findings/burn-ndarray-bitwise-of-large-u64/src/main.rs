// fails with: Element cannot be represented in the target type: "u64"(18446744073709551615) => "i64"
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let x = Tensor::<1, Int>::from_data(TensorData::new(vec![u64::MAX], [1]), (&Device::ndarray(), DType::U64));
    let y: Vec<u64> = x.bitwise_and_scalar(3).to_data().iter::<u64>().collect();
    assert_eq!(y, [3]);
}
