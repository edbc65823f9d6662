use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<2, 3>, f64, _> = dev.tensor([[1.0, 2.0, 4.0], [3.0, 1.0, 0.5]]);
    let c: Tensor<Rank2<3, 2>, f64, _> = dev.tensor([[1.0, 0.3], [0.2, 0.7], [0.5, 2.0]]);
    let loss = |x: Tensor<Rank2<2, 3>, f64, Cpu, OwnedTape<f64, Cpu>>| {
        (x.permute::<Rank2<3, 2>, Axes2<1, 0>>().softmax::<Axis<0>>() * c.clone()).sum::<Rank0, _>()
    };
    let gradient = loss(x.leaky_trace()).backward().get(&x).as_vec();
    for k in 0..6 {
        let at = |h: f64| {
            let mut data = x.as_vec();
            data[k] += h;
            let moved = dev.tensor_from_vec(data, (Const::<2>, Const::<3>));
            loss(moved.leaky_trace()).split_tape().0.array()
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((gradient[k] - slope).abs() < 1e-6, "{k}: {} {slope}", gradient[k]);
    }
}
