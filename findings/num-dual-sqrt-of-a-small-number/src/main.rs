use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(1e-310, 1.0).sqrt();
    // 1 / (2 sqrt(x))
    assert!((y.eps / 5e154 - 1.0).abs() < 1e-3, "{}", y.eps);
}
