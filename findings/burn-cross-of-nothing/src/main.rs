// fails with: out of range for slice of length 0
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_data(TensorData::new(Vec::<f64>::new(), [0, 3]), (&device, DType::F64));
    let y = x.clone().cross(x, 1);
    assert_eq!(y.to_data().iter::<f64>().count(), 0);
}
