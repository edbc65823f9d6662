use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<1>::from_data(TensorData::new(vec![f64::NAN, 1.0], [2]), (&device, DType::F64));
    let y = Tensor::<1>::from_data(TensorData::new(vec![1.0, f64::NAN], [2]), (&device, DType::F64));
    // NaN whatever the order of the operands, as that of max
    let z: Vec<f64> = x.max_pair(y).to_data().iter::<f64>().collect();
    assert!(z[0].is_nan() && z[1].is_nan(), "{z:?}");
}
