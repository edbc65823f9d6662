// fails with: attempt to divide by zero
#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor};

fn main() {
    let options = (&Device::ndarray(), DType::F64);
    let y = Tensor::<2>::zeros([2, 0], options.clone()).matmul(Tensor::<2>::zeros([0, 1], options)).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [0.0, 0.0]);
}
