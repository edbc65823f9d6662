use burn_tensor::{Device, Int, Tensor};

fn main() {
    let x = Tensor::<1, Int>::from_ints([1, 2], &Device::flex());
    let less: Vec<bool> = x.lower_scalar(1.5).to_data().iter::<bool>().collect();
    assert_eq!(less, [true, false]);
}
