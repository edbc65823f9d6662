use autodiff::{F1, Float};

fn main() {
    for v in [1e200, 1e-200] {
        let y = F1::new(v, 1.0).hypot(F1::cst(v));
        let right = (v.hypot(v), 0.5f64.sqrt());
        assert!((y.x / right.0 - 1.0).abs() < 1e-12 && (y.dx - right.1).abs() < 1e-12, "{y:?}, should be {right:?}");
    }
}
