use burn_tensor::{DType, Device, Tensor, TensorData, module::conv1d, ops::ConvOptions};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |data: Vec<f64>, shape: [usize; 3]| {
        Tensor::<3>::from_data(TensorData::new(data, shape), (&device, DType::F64))
    };
    // two groups; with stride 2 and padding 1 the second output of the second group is w x[3][1]
    let x = tensor(vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [1, 4, 2]);
    let w = tensor(vec![0.0; 4], [2, 2, 1]).require_grad();
    let y = conv1d(x, w.clone(), None, ConvOptions::new([2], [1], [1], 2));
    let gradient = w.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    assert_eq!(gradient, [0.0, 0.0, 0.0, 1.0]);
}
