use burn_tensor::{DType, Device, Tensor, TensorData, module::interpolate, ops::{InterpolateMode, InterpolateOptions}};

fn main() {
    let device = Device::flex();
    let x = Tensor::<4>::from_data(TensorData::new(vec![1.0, 2.0], [1, 1, 1, 2]), (&device, DType::F64));
    // each element 49 times
    let y = interpolate(x, InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([1, 98]));
    let y = y.to_data().iter::<f64>().collect::<Vec<_>>();
    assert_eq!(y[48..51], [1.0, 2.0, 2.0]);
}
