// fails with: which is smaller than window size
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64, 2.0], [2]), (&device, DType::F64));
    // "the number of windows is 0 when shape[dim] < size"
    assert_eq!(x.unfold::<2, _>(0, 3, 1).dims(), [0, 3]);
}
