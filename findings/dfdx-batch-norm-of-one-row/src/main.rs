use dfdx::nn::builders::BatchNorm1D;
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let mut norm = dev.build_module::<BatchNorm1D<2>, f64>();
    let x: Tensor<Rank2<1, 2>, f64, _> = dev.tensor([[1.0, 2.0]]);
    norm.forward_mut(x.leaky_trace());
    let variance = norm.running_var.array();
    assert!(variance.iter().all(|v| v.is_finite()), "{variance:?}");
}
