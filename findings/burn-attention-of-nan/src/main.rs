use burn_tensor::{DType, Device, Tensor, TensorData, module::attention, ops::AttentionModuleOptions};

fn main() {
    let device = Device::flex();
    let tensor = |x: f64| Tensor::<4>::from_data(TensorData::new(vec![x], [1, 1, 1, 1]), (&device, DType::F64));
    // nothing is masked
    let y = attention(tensor(f64::NAN), tensor(1.0), tensor(5.0), None, None, AttentionModuleOptions::default());
    let y = y.to_data().iter::<f64>().next().unwrap();
    assert!(y.is_nan(), "attention of a query NaN is {y}, not NaN");
}
