// fails with: assertion `left == right` failed
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<2, 2>, f64, _> = dev.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let y = [x.clone(), x.permute::<Rank2<2, 2>, Axes2<1, 0>>()].stack();
    assert_eq!(y.as_vec(), [1.0, 2.0, 3.0, 4.0, 1.0, 3.0, 2.0, 4.0]);
}
