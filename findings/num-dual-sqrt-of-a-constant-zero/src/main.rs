use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::from_re(0.0).sqrt();
    assert_eq!((y.re, y.eps), (0.0, 0.0));
}
