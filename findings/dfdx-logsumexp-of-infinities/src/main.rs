use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([f64::INFINITY, 0.0]);
    assert_eq!(x.logsumexp::<Rank0, _>().array(), f64::INFINITY);
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([f64::NEG_INFINITY; 2]);
    assert_eq!(x.logsumexp::<Rank0, _>().array(), f64::NEG_INFINITY);
}
