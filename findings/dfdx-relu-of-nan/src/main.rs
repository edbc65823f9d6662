use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let y = dev.tensor([f64::NAN]).relu().array();
    assert!(y[0].is_nan(), "{y:?}");
}
