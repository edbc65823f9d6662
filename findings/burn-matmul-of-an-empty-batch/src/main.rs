use burn_tensor::{DType, Device, Tensor, TensorData};

// fails with: signal 11
fn main() {
    let device = Device::flex();
    let a = Tensor::<3>::from_data(TensorData::new(Vec::<f64>::new(), [0, 2, 1]), (&device, DType::F64));
    let b = Tensor::<3>::from_data(TensorData::new(vec![1.0f64], [1, 1, 1]), (&device, DType::F64));
    assert_eq!(a.matmul(b).to_data().iter::<f64>().count(), 0);
}
