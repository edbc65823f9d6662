use dfdx::prelude::*;

fn main() {
    let dev = Cpu::seed_from_u64(0);
    let x: Tensor<Rank0, f64, _> = dev.tensor(1.0);
    // some of 64 are kept, some are not
    let y = x.broadcast::<Rank1<64>, Axis<0>>().dropout(0.5).array();
    assert!(y.contains(&0.0) && y.contains(&2.0), "{y:?}");
}
