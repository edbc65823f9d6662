use burn_tensor::{DType, Device, Tensor, TensorData, module::attention, ops::AttentionModuleOptions};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |x: f64| Tensor::<4>::from_data(TensorData::new(vec![x], [1, 1, 1, 1]), (&device, DType::F64));
    let q = tensor(1.0).require_grad();
    let bias = tensor(f64::NEG_INFINITY);
    let y = attention(q.clone(), tensor(1.0), tensor(5.0), None, Some(bias), AttentionModuleOptions::default());
    let value: Vec<f64> = y.to_data().iter::<f64>().collect();
    let gradient = q.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // all masked: 0 whatever q is
    assert_eq!((value, gradient), (vec![0.0], vec![0.0]));
}
