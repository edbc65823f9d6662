use reverse::{Gradient, Powf, Tape};

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(3.0);
    let y = Powf::powf(&2.0, x);
    // 2^x log(2)
    assert!((y.grad().wrt(&x) - 8.0 * 2f64.ln()).abs() < 1e-12, "{}", y.grad().wrt(&x));
}
