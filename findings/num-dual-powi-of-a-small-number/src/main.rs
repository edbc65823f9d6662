use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(1e-120, 1.0).powi(-1);
    assert!((y.re / 1e120 - 1.0).abs() < 1e-12 && (y.eps / -1e240 - 1.0).abs() < 1e-12, "{y}");
}
