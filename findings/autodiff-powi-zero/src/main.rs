use autodiff::{F1, Float};

fn main() {
    assert_eq!(F1::new(0.0, 1.0).powi(0).dx, 0.0);
}
