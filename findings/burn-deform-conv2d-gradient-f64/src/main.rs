use burn_tensor::{DType, Device, Tensor, TensorData, module::deform_conv2d, ops::DeformConvOptions};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |data: Vec<f64>, channels: usize| {
        Tensor::<4>::from_data(TensorData::new(data, [1, channels, 1, 1]), (&device, DType::F64))
    };
    let x = tensor(vec![1.0], 1).require_grad();
    let options = DeformConvOptions::new([1, 1], [0, 0], [1, 1], 1, 1);
    let y = deform_conv2d(x.clone(), tensor(vec![0.3, 0.0], 2), tensor(vec![1.0], 1), None, None, options);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // 0.3 below the only pixel
    assert!((gradient[0] - 0.7).abs() < 1e-13, "{}, should be 0.7", gradient[0]);
}
