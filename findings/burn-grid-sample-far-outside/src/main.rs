// fails with: attempt to add with overflow
use burn_tensor::{DType, Device, Tensor, TensorData, ops::InterpolateMode};

fn main() {
    let device = Device::flex();
    let x = Tensor::<4>::from_data(TensorData::new(vec![1.0, 2.0], [1, 1, 1, 2]), (&device, DType::F64));
    // a point far outside of the image, where zeros are
    let grid = Tensor::<4>::from_data(TensorData::new(vec![1e20, 0.0], [1, 1, 1, 2]), (&device, DType::F64));
    let y = x.grid_sample_2d(grid, InterpolateMode::Bilinear).to_data();
    assert_eq!(y.iter::<f64>().collect::<Vec<_>>(), [0.0]);
}
