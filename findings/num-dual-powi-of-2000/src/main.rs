// fails with: attempt to multiply with overflow
use num_dual::{Dual3_64, DualNum};

fn main() {
    let y = Dual3_64::from_re(1.0).derivative().powi(2000);
    assert_eq!(y.v3, 2000.0 * 1999.0 * 1998.0);
}
