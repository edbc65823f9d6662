use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x = dev.tensor_from_vec(vec![0.0f64, 1.0, 0.0, 1.0], (1usize, 1usize, 2usize, 2usize));
    let y = x.upscale2d_like(Bilinear, 2usize, 4usize).as_vec();
    assert!((y[1] - 1.0 / 3.0).abs() < 1e-12, "{}", y[1]);
}
