use reverse::{Gradient, Tape};

fn main() {
    let tape = Tape::new();
    for a in [1e200f64, 1e-200] {
        let (x, y) = (tape.add_var(a), tape.add_var(a));
        let gradient = (x / y).grad().wrt(&y);
        assert!((gradient * a + 1.0).abs() < 1e-12, "{gradient}");
    }
}
