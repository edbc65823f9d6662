use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![0f32, 400.0, 0.0, 400.0], [4]), (&device, DType::F16));
    let y: Vec<f64> = x.var_bias(0).to_data().iter::<f64>().collect();
    assert_eq!(y, [40000.0]);
}
