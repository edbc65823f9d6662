use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<(usize,), f32, _> = dev.ones_like(&(1 << 25,));
    assert_eq!(x.clone().mean::<Rank0, _>().array(), 1.0);
    assert_eq!(x.sum::<Rank0, _>().array(), 33554432.0);
}
