use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank0, f64, _> = dev.tensor(0.0);
    assert_eq!(x.leaky_trace().powf(0.0).backward().get(&x).array(), 0.0);
    assert_eq!(x.leaky_trace().powi(0).backward().get(&x).array(), 0.0);
}
