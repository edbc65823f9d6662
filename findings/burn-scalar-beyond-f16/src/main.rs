use burn_tensor::{Device, FloatDType, Tensor};

fn main() {
    let x = Tensor::<1>::from_floats([118.0], &Device::flex()).cast(FloatDType::F16);
    let y: Vec<f64> = x.div_scalar(1e5).to_data().iter::<f64>().collect();
    assert!((y[0] / 1.18e-3 - 1.0).abs() < 1e-2, "{y:?}");
}
