use num_dual::{Dual3_64, DualNum};

fn main() {
    // x / 3 - x^3 / 30 + ..
    let y = Dual3_64::from_re(0.0).derivative().sph_j1();
    assert!((y.v3 + 0.2).abs() < 1e-12, "{}", y.v3);
}
