use dfdx::{losses::cross_entropy_with_logits_loss, prelude::*};

fn main() {
    let dev = Cpu::default();
    let (logits, target) = (dev.tensor([[0.0f64, f64::NEG_INFINITY]]), dev.tensor([[1.0f64, 0.0]]));
    // -log 1
    assert_eq!(cross_entropy_with_logits_loss(logits.leaky_trace(), target).array(), 0.0);
}
