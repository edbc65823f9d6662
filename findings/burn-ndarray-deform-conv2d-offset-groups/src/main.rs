#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::deform_conv2d, ops::DeformConvOptions};

fn main() {
    let device = Device::ndarray().autodiff();
    let tensor = |data: Vec<f64>, shape: [usize; 4]| {
        Tensor::<4>::from_data(TensorData::new(data, shape), (&device, DType::F64))
    };
    let options = DeformConvOptions::new([1, 1], [0, 0], [1, 1], 1, 2);
    let x = tensor(vec![1.0, 2.0, 1.0, 2.0], [1, 2, 1, 2]);
    let weight = tensor(vec![1.0, 10.0], [1, 2, 1, 1]);
    // each channel has an offset of its own, a quarter to the right
    let offset = tensor(vec![0.0, 0.0, 0.25, 0.25, 0.0, 0.0, 0.25, 0.25], [1, 4, 1, 2]).require_grad();
    let mask = tensor(vec![1.0; 4], [1, 2, 1, 2]).require_grad();
    let y = deform_conv2d(x, offset.clone(), weight, Some(mask.clone()), None, options);
    let gradients = y.sum().backward();
    let by_mask: Vec<f64> = mask.grad(&gradients).unwrap().to_data().iter::<f64>().collect();
    let by_offset: Vec<f64> = offset.grad(&gradients).unwrap().to_data().iter::<f64>().collect();
    // to the right, of the first channel and of the second
    assert_eq!(by_offset[2..4], [1.0, -2.0]);
    assert_eq!(by_offset[6..8], [10.0, -20.0]);
    assert_eq!(by_mask, [1.25, 1.5, 12.5, 15.0]);
}
