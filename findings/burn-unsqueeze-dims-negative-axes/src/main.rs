use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![0.0f64; 3], [3]), (&device, DType::F64));
    // the last axis of the result is a new one
    assert_eq!(x.unsqueeze_dims::<3>(&[-3, -1]).dims(), [1, 3, 1]);
}
