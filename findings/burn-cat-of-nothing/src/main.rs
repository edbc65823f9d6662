// fails with: out of range for slice of length 0
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<3>::from_data(TensorData::new(Vec::<f64>::new(), [1, 0, 1]), (&device, DType::F64));
    let y = Tensor::cat(vec![x.clone(), x.clone(), x], 2);
    assert_eq!(y.to_data().iter::<f64>().count(), 0);
}
