use reverse::{Gradient, Tape};

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(0.0);
    assert_eq!(x.powi(0).grad().wrt(&x), 0.0);
}
