use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let tensor = |x: f64, dtype: DType| Tensor::<1>::from_data(TensorData::new(vec![x], [1]), (&device, dtype));
    let fmod = |x: f64, y: f64, dtype: DType| {
        tensor(x, dtype).fmod(tensor(y, dtype)).to_data().iter::<f64>().next().unwrap()
    };
    // the remainder of a division is exact
    let (y, z) = (fmod(1e6, 0.3, DType::F32), fmod(1.0, 0.1, DType::F64));
    assert_eq!((y, z), ((1e6f32 % 0.3f32) as f64, 1.0 % 0.1));
}
