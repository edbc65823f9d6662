use autodiff::F1;

fn main() {
    for divisor in [1e200, 1e-200] {
        let y = F1::new(divisor, 1.0) / F1::cst(divisor);
        assert!((y.dx * divisor - 1.0).abs() < 1e-12, "{}", y.dx);
    }
}
