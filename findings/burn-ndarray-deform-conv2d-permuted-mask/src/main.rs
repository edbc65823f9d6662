// fails with: incompatible memory layout
#![allow(deprecated)]
use burn_tensor::{DType, Device, Tensor, TensorData, module::deform_conv2d, ops::DeformConvOptions};

fn main() {
    let device = Device::ndarray().autodiff();
    let tensor = |data: Vec<f64>, shape: [usize; 4]| {
        Tensor::<4>::from_data(TensorData::new(data, shape), (&device, DType::F64))
    };
    let options = DeformConvOptions::new([1, 1], [0, 0], [1, 1], 1, 1);
    let x = tensor(vec![1.0, 2.0, 3.0, 4.0], [1, 1, 2, 2]);
    let offset = tensor(vec![0.0; 8], [1, 2, 2, 2]);
    let mask = tensor(vec![1.0; 4], [1, 1, 2, 2]).require_grad();
    let y = deform_conv2d(x, offset, tensor(vec![1.0], [1, 1, 1, 1]), Some(mask.clone().swap_dims(2, 3)), None, options);
    let gradient = mask.grad(&y.sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f64>().collect::<Vec<_>>(), [1.0, 3.0, 2.0, 4.0]);
}
