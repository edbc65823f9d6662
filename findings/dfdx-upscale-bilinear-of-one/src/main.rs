use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x = dev.tensor_from_vec(vec![2.0f64, 3.0], (1usize, 1usize, 1usize, 2usize));
    let y = x.upscale2d_like(Bilinear, 1usize, 2usize).as_vec();
    assert_eq!(y, [2.0, 3.0]);
}
