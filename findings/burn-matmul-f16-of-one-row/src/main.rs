use burn_tensor::{DType, Device, Tensor};

fn main() {
    let device = Device::flex();
    let ones = |shape| Tensor::<2>::ones(shape, (&device, DType::F16));
    let y = ones([1, 8192]).matmul(ones([8192, 4])).to_data();
    assert_eq!(y.iter::<f32>().collect::<Vec<_>>(), [8192.0; 4]);
}
