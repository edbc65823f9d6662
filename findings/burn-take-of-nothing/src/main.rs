use burn_tensor::{DType, Device, Int, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_data(TensorData::new(vec![1.0, 2.0, 3.0], [3, 1]), (&device, DType::F64));
    let none = Tensor::<2, Int>::from_data(TensorData::new(Vec::<i64>::new(), [0, 0]), &device);
    let y = x.take::<2, 3>(0, none);
    assert_eq!(y.dims(), [0, 0, 1]);
}
