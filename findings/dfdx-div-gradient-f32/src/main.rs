use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    // x / y by y at x = y: -1 / y
    for at in [1e25f32, 1e-25] {
        let (x, y): (Tensor<Rank0, f32, _>, Tensor<Rank0, f32, _>) = (dev.tensor(at), dev.tensor(at));
        let gradient = (x.leaky_trace() / y.clone()).backward().get(&y).array();
        assert!((gradient * at + 1.0).abs() < 1e-6, "{gradient}");
    }
}
