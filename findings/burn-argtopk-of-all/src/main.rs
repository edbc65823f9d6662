// fails with: assertion failed: self.shape()[dim] > k
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64, 3.0, 2.0], [3]), (&device, DType::F64));
    let places: Vec<i64> = x.argtopk(3, 0).to_data().iter::<i64>().collect();
    assert_eq!(places, [1, 2, 0]);
}
