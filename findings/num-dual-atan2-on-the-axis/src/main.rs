use num_dual::{Dual64, DualNum};

fn main() {
    // d atan2(y, 0)/dy = 0 / (y^2 + 0)
    let y = Dual64::new(1.0, 1.0).atan2(Dual64::from_re(0.0));
    assert_eq!(y.eps, 0.0);
}
