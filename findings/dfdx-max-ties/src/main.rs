use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([2.0, 2.0]);
    let gradient = x.leaky_trace().max::<Rank0, _>().backward().get(&x).array();
    assert_eq!(gradient.iter().sum::<f64>(), 1.0);
}
