use burn_tensor::{DType, Device, Tensor, TensorData, module::batch_norm_train};

fn main() {
    let device = Device::flex();
    let f16 = |data: Vec<f32>| {
        let n = data.len();
        Tensor::<1>::from_data(TensorData::new(data, [n]), (&device, DType::F16))
    };
    // a deviation of 300, whose square is beyond 65504
    let x = f16(vec![0.0, 600.0]).reshape([2, 1]);
    let y = batch_norm_train(x, f16(vec![1.0]), f16(vec![0.0]), 1e-5).output;
    assert_eq!(y.to_data().iter::<f64>().collect::<Vec<_>>(), [-1.0, 1.0]);
}
