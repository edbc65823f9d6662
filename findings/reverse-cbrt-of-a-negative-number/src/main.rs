use reverse::Tape;

fn main() {
    let tape = Tape::new();
    assert!((tape.add_var(-8.0).cbrt().val() + 2.0).abs() < 1e-12);
}
