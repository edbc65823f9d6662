use autodiff::{F1, Float};

fn main() {
    let y = F1::new(1e-200, 1.0).atan2(F1::cst(1e-200));
    // x / (x^2 + y^2)
    assert!((y.dx / 5e199 - 1.0).abs() < 1e-12, "{}", y.dx);
}
