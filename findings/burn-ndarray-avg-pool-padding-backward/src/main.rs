// fails with: attempt to subtract with overflow
#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::avg_pool1d, ops::AvgPoolOptions};

fn main() {
    let device = Device::ndarray().autodiff();
    let x = Tensor::<3>::from_data(TensorData::new(vec![1.0f64], [1, 1, 1]), (&device, DType::F64)).require_grad();
    let y = avg_pool1d(x.clone(), AvgPoolOptions::new([1]).with_padding([2]).with_count_include_pad(false));
    let gradient = x.grad(&y.slice([0..1, 0..1, 2..3]).sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f64>().collect::<Vec<_>>(), [1.0]);
}
