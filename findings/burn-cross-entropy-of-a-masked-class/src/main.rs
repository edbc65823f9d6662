use burn_tensor::{Device, Tensor, loss::cross_entropy_with_logits};

fn main() {
    let device = Device::flex();
    let logits = Tensor::<2>::from_floats([[0.0, f32::NEG_INFINITY]], &device);
    let target = Tensor::<2>::from_floats([[1.0, 0.0]], &device);
    let loss: Vec<f64> = cross_entropy_with_logits(logits, target).to_data().iter::<f64>().collect();
    // -log 1
    assert_eq!(loss, [0.0]);
}
