use burn_tensor::{Device, Int, Tensor};

fn main() {
    let x = Tensor::<1, Int>::from_ints([2_000_000_000, 2_000_000_000], &Device::flex());
    let mean: Vec<i64> = x.mean().to_data().iter::<i64>().collect();
    assert_eq!(mean, [2_000_000_000]);
}
