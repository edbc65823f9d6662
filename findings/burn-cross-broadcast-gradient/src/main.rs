use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |data: Vec<f64>, n: usize| {
        Tensor::<2>::from_data(TensorData::new(data, [n, 3]), (&device, DType::F64))
    };
    let x = tensor(vec![1.0, 2.0, 3.0], 1).require_grad();
    let y = x.clone().cross(tensor(vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0], 2), 1);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // (0, -1, 1) of the one row and (1, 0, -1) of the other
    assert_eq!(gradient, [1.0, -1.0, 0.0]);
}
