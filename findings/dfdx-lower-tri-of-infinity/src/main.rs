use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<2, 2>, f64, _> = dev.tensor([[1.0, f64::INFINITY], [2.0, 3.0]]);
    assert_eq!(x.lower_tri(None).array(), [[1.0, 0.0], [2.0, 3.0]]);
}
