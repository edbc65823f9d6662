// fails with: has size 0
use burn_tensor::{DType, Device, Tensor, TensorData, module::attention, ops::AttentionModuleOptions};

fn main() {
    // 0 on Device::flex()
    let device = Device::flex().autodiff();
    let keys = |n: usize| Tensor::<4>::from_data(TensorData::new(vec![1.0; n], [1, 1, n, 1]), (&device, DType::F64));
    let y = attention(keys(1), keys(0), keys(0), None, None, AttentionModuleOptions::default()).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [0.0]);
}
