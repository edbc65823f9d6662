use autodiff::{F1, Float};

fn main() {
    let y = F1::cst(0.0).ln();
    assert_eq!((y.x, y.dx), (f64::NEG_INFINITY, 0.0));
}
