use burn_tensor::{DType, Device, Int, Tensor, TensorData, module::ctc_loss};

fn main() {
    let device = Device::flex();
    let x = Tensor::<3>::from_data(TensorData::new(vec![-1.0f64; 6], [1, 2, 3]), (&device, DType::F64));
    let targets = Tensor::<2, Int>::from_data([[1], [1]], &device);
    // no steps, and no labels or one
    let (steps, labels) = (Tensor::from_data([0, 0], &device), Tensor::from_data([0, 1], &device));
    let loss: Vec<f64> = ctc_loss(x, targets, steps, labels, 0).to_data().iter::<f64>().collect();
    assert_eq!(loss, [0.0, f64::INFINITY]);
}
