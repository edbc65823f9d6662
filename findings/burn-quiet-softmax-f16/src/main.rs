use burn_tensor::{Device, FloatDType, Tensor, activation::quiet_softmax};

fn main() {
    let x = Tensor::<1>::from_floats([-12.0], &Device::flex()).cast(FloatDType::F16);
    let y: Vec<f64> = quiet_softmax(x, 0).to_data().iter::<f64>().collect();
    // e^-12 / (1 + e^-12)
    assert!((y[0] / 6.144e-6 - 1.0).abs() < 1e-2, "{y:?}");
}
