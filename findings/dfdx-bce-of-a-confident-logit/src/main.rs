use dfdx::{losses::binary_cross_entropy_with_logits_loss, prelude::*};

fn main() {
    let dev = Cpu::default();
    let (logit, target) = (dev.tensor([-20.0f32]), dev.tensor([0.0f32]));
    let loss = binary_cross_entropy_with_logits_loss(logit.leaky_trace(), target);
    let value = loss.array();
    let gradient = loss.backward().get(&logit).array()[0];
    // log(1 + e^-20), 1 / (1 + e^20)
    assert!((value / 2.0611537e-9 - 1.0).abs() < 1e-5 && (gradient / 2.0611537e-9 - 1.0).abs() < 1e-5, "{value} {gradient}");
}
