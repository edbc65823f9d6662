use dfdx::losses::kl_div_with_logits_loss;
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([2.0, 1.0]);
    let p: Tensor<Rank1<2>, f64, _> = dev.tensor([1.0, 0.0]);
    // -log softmax(x)[0]
    let y = kl_div_with_logits_loss(x, p).array();
    assert!((y - (1.0 + (-1f64).exp()).ln()).abs() < 1e-12, "{y}");
}
