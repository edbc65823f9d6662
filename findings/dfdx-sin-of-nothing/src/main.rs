// fails with: index out of bounds
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<(usize, usize), f64, _> = dev.tensor_from_vec(Vec::new(), (0, 3));
    assert!(x.sin().as_vec().is_empty());
}
