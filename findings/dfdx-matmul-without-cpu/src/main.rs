use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank2<1, 2>, f64, _> = dev.tensor([[1.0, 2.0]]);
    let w: Tensor<Rank2<2, 1>, f64, _> = dev.tensor([[3.0], [5.0]]);
    assert_eq!(x.matmul(w).array(), [[13.0]]);
}
