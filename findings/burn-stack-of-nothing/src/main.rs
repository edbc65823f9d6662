// fails with: index out of bounds
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(Vec::<f64>::new(), [0]), (&device, DType::F64));
    let y = Tensor::stack::<2>(vec![x.clone(), x], 0);
    assert_eq!(y.dims(), [2, 0]);
}
