use burn_tensor::{Device, Tensor};

fn main() {
    let x = Tensor::<1>::from_floats([1.0, f32::NAN, 3.0], &Device::flex());
    let median: Vec<f64> = x.median(0).to_data().iter::<f64>().collect();
    assert!(median[0].is_nan(), "{median:?}");
}
