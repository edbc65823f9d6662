use num_dual::{BesselDual, Dual2, Dual2_64};

fn main() {
    let mut x = Dual2::from_re(Dual2_64::from_re(0.0).derivative());
    x.v1 = Dual2_64::from_re(1.0);
    // 1 - x^2 / 4 + x^4 / 64 - ..
    let fourth = x.bessel_j0().v2.v2;
    assert!((fourth - (0.375)).abs() < 1e-12, "{fourth}");
}
