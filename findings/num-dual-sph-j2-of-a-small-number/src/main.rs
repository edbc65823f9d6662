use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(1e-5, 1.0).sph_j2();
    // x^2 / 15
    assert!((y.re / (1e-10 / 15.0) - 1.0).abs() < 1e-6, "{}", y.re);
    assert!((y.eps / (2e-5 / 15.0) - 1.0).abs() < 1e-6, "{}", y.eps);
}
