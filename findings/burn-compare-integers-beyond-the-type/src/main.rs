use burn_tensor::{Device, Int, Tensor};

fn main() {
    let x = Tensor::<1, Int>::from_ints([1, -1], &Device::flex());
    let less: Vec<bool> = x.clone().lower_scalar(3_000_000_000i64).to_data().iter::<bool>().collect();
    let remainder: Vec<i64> = x.slice([0..1]).remainder_scalar(3_000_000_000i64).to_data().iter::<i64>().collect();
    assert_eq!((less, remainder), (vec![true, true], vec![1]));
}
