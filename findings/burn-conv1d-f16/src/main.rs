use burn_tensor::{DType, Device, Tensor, module::conv1d, ops::ConvOptions};

fn main() {
    let device = Device::flex();
    let ones = || Tensor::<3>::ones([1, 1, 8192], (&device, DType::F16));
    let y = conv1d(ones(), ones(), None, ConvOptions::new([1], [0], [1], 1)).to_data();
    assert_eq!(y.iter::<f32>().collect::<Vec<_>>(), [8192.0]);
}
