use num_dual::Dual64;

fn main() {
    let y = Dual64::from_re(1e-310) / Dual64::from_re(1e-310);
    assert!((y.re - 1.0).abs() < 1e-12, "{}", y.re);
}
