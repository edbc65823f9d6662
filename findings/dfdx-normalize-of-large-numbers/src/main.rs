use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f32, _> = dev.tensor([1e20, -1e20]);
    let y = x.normalize::<Axis<0>>(1e-5).array();
    assert!((y[0] - 1.0).abs() < 1e-6 && (y[1] + 1.0).abs() < 1e-6, "{y:?}");
}
