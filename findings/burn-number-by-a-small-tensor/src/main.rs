use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1e-310f64], [1]), (&device, DType::F64));
    let y: Vec<f64> = (1e-5f64 / x).to_data().iter::<f64>().collect();
    assert!((y[0] / 1e305 - 1.0).abs() < 1e-9, "{y:?}");
}
