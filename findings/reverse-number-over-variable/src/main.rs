use reverse::{Gradient, Tape};

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(2.0);
    let y = 3.0 / x;
    // -3 / x^2
    assert_eq!(y.grad().wrt(&x), -0.75);
}
