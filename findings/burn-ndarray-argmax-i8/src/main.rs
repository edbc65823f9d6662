// fails with: Element cannot be represented in the target type: "i64"(150) => "i8"
#![allow(deprecated)]
use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let mut data = vec![0i8; 200];
    data[150] = 1;
    let x = Tensor::<1, Int>::from_data(TensorData::new(data, [200]), (&Device::ndarray(), DType::I8));
    let place: Vec<i64> = x.argmax(0).to_data().iter::<i64>().collect();
    assert_eq!(place, [150]);
}
