use burn_tensor::{Bool, DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64], [1]), (&device, DType::F64)).require_grad();
    let mask = Tensor::<1, Bool>::from_data(TensorData::new(vec![true, false], [2]), &device);
    let y = x.clone().mask_fill(mask, 0.0);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // y = (0, x)
    assert_eq!(gradient, [1.0]);
}
