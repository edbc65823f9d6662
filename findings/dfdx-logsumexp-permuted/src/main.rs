use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<2, 2>, f64, _> = dev.tensor([[0.0, 1.0], [2.0, 5.0]]);
    let y = x.leaky_trace().permute::<Rank2<2, 2>, Axes2<1, 0>>().logsumexp::<Rank1<2>, Axis<1>>();
    let gradient = y.sum::<Rank0, _>().backward().get(&x).array();
    // softmax over each column of x
    let s = |a: f64, b: f64| a.exp() / (a.exp() + b.exp());
    let right = [[s(0.0, 2.0), s(1.0, 5.0)], [s(2.0, 0.0), s(5.0, 1.0)]];
    for (g, r) in gradient.iter().flatten().zip(right.iter().flatten()) {
        assert!((g - r).abs() < 1e-12, "{gradient:?} {right:?}");
    }
}
