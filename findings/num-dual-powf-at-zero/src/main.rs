use num_dual::{Dual64, DualNum};

fn main() {
    let y = Dual64::new(0.0, 1.0).powf(1.5);
    assert_eq!((y.re, y.eps), (0.0, 0.0));
}
