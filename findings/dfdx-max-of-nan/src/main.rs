use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank1<2>, f64, _> = dev.tensor([f64::NAN, f64::NAN]);
    let (max, min) = (x.clone().max::<Rank0, _>().array(), x.min::<Rank0, _>().array());
    assert!(max.is_nan() && min.is_nan(), "{max} {min}");
}
