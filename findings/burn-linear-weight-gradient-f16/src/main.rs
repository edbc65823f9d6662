use burn_tensor::{DType, Device, Tensor, module::linear};

fn main() {
    let device = Device::flex().autodiff();
    let weight = Tensor::<2>::ones([1, 1], (&device, DType::F16)).require_grad();
    // a batch of 8192 ones
    let y = linear(Tensor::<2>::ones([8192, 1], (&device, DType::F16)), weight.clone(), None);
    let gradient = weight.grad(&y.sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f32>().collect::<Vec<_>>(), [8192.0]);
}
