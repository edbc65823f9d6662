// fails with: index out of bounds
use burn_tensor::{Device, Tensor};

fn main() {
    assert_eq!(Tensor::<2>::eye(0, &Device::flex()).dims(), [0, 0]);
}
