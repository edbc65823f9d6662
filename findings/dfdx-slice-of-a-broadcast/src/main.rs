use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([1.0, 2.0]);
    // the first column of two equal rows
    let y = x.leaky_trace().broadcast::<Rank2<2, 2>, Axis<0>>().slice((.., 0..1));
    assert_eq!(y.sum::<Rank0, _>().backward().get(&x).array(), [2.0, 0.0]);
}
