use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(Vec::<f64>::new(), [0]), (&device, DType::F64)).require_grad();
    let y = x.clone().repeat(&[2]);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f64>().count(), 0);
}
