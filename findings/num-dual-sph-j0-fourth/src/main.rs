use num_dual::{Dual2, Dual2_64, DualNum};

fn main() {
    let mut x = Dual2::from_re(Dual2_64::from_re(0.0).derivative());
    x.v1 = Dual2_64::from_re(1.0);
    // 1 - x^2 / 6 + x^4 / 120 - ..
    let fourth = x.sph_j0().v2.v2;
    assert!((fourth - (0.2)).abs() < 1e-12, "{fourth}");
}
