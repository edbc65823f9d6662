// fails with: assertion `left != right` failed
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([1.0, 2.0]);
    let y = [x.leaky_trace(), x.retaped::<OwnedTape<f64, Cpu>>()].stack();
    assert_eq!(y.sum::<Rank0, _>().backward().get(&x).array(), [2.0, 2.0]);
}
