use reverse::{Gradient, Powf, Tape};

fn main() {
    let tape = Tape::new();
    let (x, y) = (tape.add_var(0.0), tape.add_var(2.0));
    let z = x.powf(y);
    // 0^y = 0 around 2
    assert_eq!(z.grad().wrt(&y), 0.0);
}
