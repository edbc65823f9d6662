// fails with: could not broadcast array
use burn_tensor::{module, ops::ConvOptions, DType, Device, Tensor, TensorData};

fn main() {
    #[allow(deprecated)]
    let device = Device::ndarray().autodiff();
    let tensor = |data: &[f64], shape: [usize; 3]| {
        Tensor::<3>::from_data(TensorData::new(data.to_vec(), shape), (&device, DType::F64))
    };
    let x = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [1, 4, 2]);
    let w = tensor(&[1.0, 1.0, 1.0, 1.0], [2, 2, 1]).require_grad();
    let options = ConvOptions::new([2], [0], [1], 2);
    let gradients = module::conv1d(x, w.clone(), None, options).sum().backward();
    let g: Vec<f64> = w.grad(&gradients).unwrap().to_data().iter::<f64>().collect();
    assert_eq!(g, [1.0, 3.0, 5.0, 7.0]);
}
