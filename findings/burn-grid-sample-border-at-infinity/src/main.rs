use burn_tensor::{DType, Device, Tensor, TensorData, ops::{GridSampleOptions, GridSamplePaddingMode, InterpolateMode}};

fn main() {
    // right with .autodiff()
    let device = Device::flex();
    let tensor = |x: Vec<f64>| { let n = x.len(); Tensor::<4>::from_data(TensorData::new(x, [1, 1, 1, n]), (&device, DType::F64)) };
    let options = GridSampleOptions::new(InterpolateMode::Bilinear).with_padding_mode(GridSamplePaddingMode::Border);
    // to the right of the image, where its last element is repeated
    let y = tensor(vec![1.0, 2.0, 4.0]).grid_sample_2d(tensor(vec![f64::INFINITY, 0.0]), options).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [4.0]);
}
