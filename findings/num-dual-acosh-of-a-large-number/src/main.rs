use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(1e160, 1.0).acosh();
    assert!((y.eps / 1e-160 - 1.0).abs() < 1e-12, "{}", y.eps);
}
