use burn_tensor::{DType, Device, Int, Tensor};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::zeros([1, 1], (&device, DType::BF16)).require_grad();
    // an embedding that is used 512 times
    let y = x.clone().select(0, Tensor::<1, Int>::zeros([512], &device));
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f32>().collect::<Vec<_>>(), [512.0]);
}
