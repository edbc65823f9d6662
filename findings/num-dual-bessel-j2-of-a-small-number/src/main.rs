use num_dual::{BesselDual, Dual64};

fn main() {
    // x^2 / 8, x / 4
    let y = Dual64::new(1e-8, 1.0).bessel_j2();
    assert!((y.re / 1.25e-17 - 1.0).abs() < 1e-6 && (y.eps / 2.5e-9 - 1.0).abs() < 1e-6, "{y}");
}
