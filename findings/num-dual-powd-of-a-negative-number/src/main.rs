use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(-2.0, 1.0).powd(Dual64::from_re(3.0));
    assert!((y.re + 8.0).abs() < 1e-12 && (y.eps - 12.0).abs() < 1e-12, "{y}");
}
