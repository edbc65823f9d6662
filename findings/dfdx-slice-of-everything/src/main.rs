use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([1.0, 2.0]);
    // x and a part of it: both count
    let y = x.leaky_trace().slice((0..1,)).sum::<Rank0, _>();
    let (y, tape) = y.split_tape();
    let loss = x.clone().put_tape(tape).sum::<Rank0, _>() + y;
    assert_eq!(loss.backward().get(&x).array(), [2.0, 1.0]);
}
