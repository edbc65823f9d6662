use autodiff::{F1, Float};

fn main() {
    // constant between the integers
    let x = F1::new(1.5, 1.0);
    let slopes = [x.floor().dx, x.ceil().dx, x.round().dx, x.trunc().dx];
    assert_eq!(slopes, [0.0; 4]);
}
