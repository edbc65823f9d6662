use autodiff::F1;

fn main() {
    let y = F1::new(2.0, 1.0) % 0.75;
    assert_eq!((y.x, y.dx), (0.5, 1.0));
}
