// fails with: Can't narrow at dimension 0
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![0.0f64; 5], [5]), (&device, DType::F64));
    // "may return less chunks", "of equal size except for the last one"
    let sizes: Vec<usize> = x.chunk(4, 0).iter().map(|y| y.dims()[0]).collect();
    assert_eq!(sizes, [2, 2, 1]);
}
