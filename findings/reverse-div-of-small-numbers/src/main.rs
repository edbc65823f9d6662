use reverse::Tape;

fn main() {
    let tape = Tape::new();
    let (x, y) = (tape.add_var(1e-310), tape.add_var(1e-310));
    assert_eq!((x / y).val(), 1.0);
}
