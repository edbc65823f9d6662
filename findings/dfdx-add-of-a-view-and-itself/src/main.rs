// fails with: assertion `left != right` failed
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<2, 2>, f64, _> = dev.tensor([[1.0, 2.0], [3.0, 4.0]]);
    // x + x^T
    let y = x.leaky_trace().permute::<Rank2<2, 2>, Axes2<1, 0>>() + x.clone();
    assert_eq!(y.sum::<Rank0, _>().backward().get(&x).array(), [[2.0, 2.0], [2.0, 2.0]]);
}
