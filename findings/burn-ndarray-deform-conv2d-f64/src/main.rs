#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::deform_conv2d, ops::DeformConvOptions};

fn main() {
    let device = Device::ndarray();
    let tensor = |data: Vec<f64>, shape: [usize; 4]| {
        Tensor::<4>::from_data(TensorData::new(data, shape), (&device, DType::F64))
    };
    let options = DeformConvOptions::new([1, 1], [0, 0], [1, 1], 1, 1);
    let offset = tensor(vec![0.3, 0.0], [1, 2, 1, 1]);
    let y = deform_conv2d(tensor(vec![1.0], [1, 1, 1, 1]), offset, tensor(vec![1.0], [1, 1, 1, 1]), None, None, options);
    let y: Vec<f64> = y.to_data().iter::<f64>().collect();
    // 0.3 below the only pixel
    assert!((y[0] - 0.7).abs() < 1e-13, "{}, should be 0.7", y[0]);
}
