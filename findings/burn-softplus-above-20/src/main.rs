use burn_tensor::{activation, DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![20.5f64], [1]), (&device, DType::F64));
    let y: Vec<f64> = activation::softplus(x, 1.0).to_data().iter::<f64>().collect();
    let right: f64 = 20.5 + (-20.5f64).exp().ln_1p();
    assert!((y[0] - right).abs() < 1e-14 * right.abs(), "{}, should be {right}", y[0]);
}
