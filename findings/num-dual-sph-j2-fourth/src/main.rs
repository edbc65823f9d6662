use num_dual::{Dual2, Dual2_64, DualNum};

fn main() {
    let mut x = Dual2::from_re(Dual2_64::from_re(0.0).derivative());
    x.v1 = Dual2_64::from_re(1.0);
    // x^2 / 15 - x^4 / 210 + ..
    let fourth = x.sph_j2().v2.v2;
    assert!((fourth - (-24.0 / 210.0)).abs() < 1e-12, "{fourth}");
}
