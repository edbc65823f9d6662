use burn_tensor::{DType, Device, Tensor, module::attention};

fn main() {
    let device = Device::flex().autodiff();
    let ones = |n| Tensor::<4>::ones([1, 1, n, 2], (&device, DType::F16));
    // the mean of values that are all 1
    let y = attention(ones(1), ones(4096), ones(4096), None, None, Default::default()).to_data();
    assert_eq!(y.iter::<f32>().collect::<Vec<_>>(), [1.0, 1.0]);
}
