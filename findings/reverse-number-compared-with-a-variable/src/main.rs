use reverse::Tape;

fn main() {
    let tape = Tape::new();
    let x = tape.add_var(3.0);
    assert!(x > 2.0);
    assert!(2.0 < x);
}
