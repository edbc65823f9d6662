// fails with: attempt to divide by zero
use burn_tensor::{Device, Tensor, module::batch_norm_train};

fn main() {
    let device = Device::flex();
    let x = Tensor::<3>::zeros([2, 0, 3], &device);
    let y = batch_norm_train(x, Tensor::zeros([0], &device), Tensor::zeros([0], &device), 1e-5);
    assert_eq!(y.output.dims(), [2, 0, 3]);
}
