use reverse::{Gradient, Tape};

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(3.0);
    let y = x * x;
    tape.zero_grad();
    assert_eq!(y.grad().wrt(&x), 6.0);
}
