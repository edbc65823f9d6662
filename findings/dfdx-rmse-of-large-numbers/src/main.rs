use dfdx::{losses::rmse_loss, prelude::*};

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f32, _> = dev.tensor([1e20, -1e20]);
    let loss = rmse_loss(x.leaky_trace(), dev.zeros());
    let value = loss.array();
    let gradient = loss.backward().get(&x).array();
    // x_i / (n rmse)
    assert!((value / 1e20 - 1.0).abs() < 1e-6, "{value}");
    assert!((gradient[0] - 0.5).abs() < 1e-6, "{gradient:?}");
}
