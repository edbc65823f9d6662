use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<4>::from_data(TensorData::new(vec![1.0f32, 3.0, 5.0, 7.0], [2, 1, 2, 1]), (&device, DType::F32));
    // the first two elements, their last axis in front: the sum over it is they themselves
    let y = x.narrow(0, 0, 1).swap_dims(0, 3).sum_dim(0).to_data();
    assert_eq!(y.iter::<f32>().collect::<Vec<_>>(), [1.0, 3.0]);
}
