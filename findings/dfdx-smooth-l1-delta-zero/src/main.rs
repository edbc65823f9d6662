use dfdx::losses::smooth_l1_loss;
use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let (x, y): (Tensor<Rank1<1>, f64, _>, Tensor<Rank1<1>, f64, _>) = (dev.tensor([2.0]), dev.tensor([0.0]));
    // |x - y| - delta / 2
    assert_eq!(smooth_l1_loss(x, y, 0.0).array(), 2.0);
}
