use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank0, f64, _> = dev.tensor(1.0);
    let gradient = x.leaky_trace().accurate_gelu().backward().get(&x).array();
    let at = |h: f64| dev.tensor(1.0 + h).accurate_gelu().array();
    let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
    assert!((gradient - slope).abs() < 1e-6, "{gradient} {slope}");
}
