use autodiff::{F1, Float};

fn main() {
    let (x, zero) = (F1::new(0.0, 1.0), F1::cst(0.0));
    // x^0 = 1, 0^y = 0 around 2, and sqrt(x) is vertical
    let slopes = [x.powf(zero).dx, zero.powf(F1::new(2.0, 1.0)).dx, x.powf(F1::cst(0.5)).dx];
    assert_eq!(slopes, [0.0, 0.0, f64::INFINITY]);
}
