use reverse::{Gradient, Tape};

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(1e160);
    let gradient = x.acosh().grad().wrt(&x);
    assert!((gradient / 1e-160 - 1.0).abs() < 1e-12, "{gradient}");
}
