use burn_tensor::{DType, Device, Tensor, module::adaptive_avg_pool2d};

fn main() {
    let x = Tensor::<4>::ones([1, 1, 64, 64], (&Device::flex(), DType::F16));
    let y = adaptive_avg_pool2d(x, [1, 1]).to_data();
    assert_eq!(y.iter::<f32>().collect::<Vec<_>>(), [1.0]);
}
