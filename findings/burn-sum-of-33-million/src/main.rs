use burn_tensor::{DType, Device, Tensor};

fn main() {
    let x = Tensor::<1>::ones([1 << 25], (&Device::flex(), DType::F32));
    assert_eq!(x.clone().mean().to_data().iter::<f32>().collect::<Vec<_>>(), [1.0]);
    assert_eq!(x.sum().to_data().iter::<f32>().collect::<Vec<_>>(), [33554432.0]);
}
