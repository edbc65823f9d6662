use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([1.0, 2.0]);
    // each column is softmax over equal numbers: 1/2 whatever x is
    let y = x.leaky_trace().broadcast::<Rank2<2, 2>, Axis<0>>().softmax::<Axis<0>>();
    let c: Tensor<Rank2<2, 2>, f64, _> = dev.tensor([[1.0, 0.3], [0.2, 0.7]]);
    let gradient = (y * c).sum::<Rank0, _>().backward().get(&x).array();
    assert_eq!(gradient, [0.0, 0.0]);
}
