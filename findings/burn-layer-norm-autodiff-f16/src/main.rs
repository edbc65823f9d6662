use burn_tensor::{Device, FloatDType, Tensor, module::layer_norm};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_floats([[0.0, 600.0]], &device).cast(FloatDType::F16);
    let gamma = Tensor::<1>::ones([2], &device).cast(FloatDType::F16);
    let y: Vec<f64> = layer_norm(x.require_grad(), gamma, None, 1e-5).to_data().iter::<f64>().collect();
    assert_eq!(y, [-1.0, 1.0]);
}
