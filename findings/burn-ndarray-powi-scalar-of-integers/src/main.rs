#![allow(deprecated)]
use burn_tensor::{Device, Int, Tensor};

fn main() {
    let x = Tensor::<1, Int>::from_ints([257], &Device::ndarray());
    let cube: Vec<i64> = x.powi_scalar(3).to_data().iter::<i64>().collect();
    assert_eq!(cube, [16_974_593]);
}
