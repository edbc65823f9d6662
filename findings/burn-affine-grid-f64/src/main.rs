// fails with: dtype mismatch
use burn_tensor::{DType, Device, Tensor, TensorData, grid::affine_grid_2d};

fn main() {
    let device = Device::flex();
    let data = TensorData::new(vec![1.0f64, 0.0, 0.0, 0.0, 1.0, 0.0], [1, 2, 3]);
    let grid = affine_grid_2d(Tensor::<3>::from_data(data, (&device, DType::F64)), [1, 1, 2, 2]);
    let grid: Vec<f64> = grid.to_data().iter::<f64>().collect();
    assert_eq!(grid, [-1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0]);
}
