// fails with: max_dim: dimension 0 has size 0
use burn_tensor::{activation, DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_data(TensorData::new(Vec::<f64>::new(), [0, 4]), (&device, DType::F64));
    let y = activation::log_softmax(x, 0);
    assert_eq!(y.to_data().iter::<f64>().count(), 0);
}
