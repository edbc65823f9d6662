use autodiff::{F1, Float};

fn main() {
    let y = F1::new(1e160, 1.0).acosh();
    assert!((y.dx / 1e-160 - 1.0).abs() < 1e-12, "{}", y.dx);
}
