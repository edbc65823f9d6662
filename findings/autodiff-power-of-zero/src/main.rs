use autodiff::{F1, Float};

fn main() {
    // x^1 = x has slope 1
    let y = F1::new(0.0, 1.0).powf(F1::cst(1.0));
    assert_eq!(y.dx, 1.0);
}
