use burn_tensor::{Device, Tensor, module::layer_norm};

fn main() {
    let device = Device::flex();
    let x = Tensor::<2>::from_floats([[1e20, -1e20]], &device);
    let y = layer_norm(x, Tensor::ones([2], &device), None, 1e-5);
    assert_eq!(y.to_data().iter::<f64>().collect::<Vec<_>>(), [1.0, -1.0]);
}
