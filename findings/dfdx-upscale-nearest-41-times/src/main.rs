use dfdx::prelude::*;

fn main() {
    let dev = Cpu::default();
    let x: Tensor<Rank3<1, 1, 2>, f64, _> = dev.tensor([[[1.0, 2.0]]]);
    let y = x.leaky_trace().upscale2d::<1, 82, NearestNeighbor>(NearestNeighbor);
    let value = y.array()[0][0][41];
    let gradient = y.sum::<Rank0, _>().backward().get(&x).array();
    assert_eq!((value, gradient), (2.0, [[[41.0, 41.0]]]));
}
