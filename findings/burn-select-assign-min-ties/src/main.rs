use burn_tensor::{DType, Device, IndexingUpdateOp, Int, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data(TensorData::new(vec![1.0f64], [1]), (&device, DType::F64)).require_grad();
    let index = Tensor::<1, Int>::from_data(TensorData::new(vec![0i64], [1]), &device);
    let y = x.clone().select_assign(0, index, x.clone(), IndexingUpdateOp::Min);
    let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // min(x, x) = x
    assert_eq!(gradient, [1.0]);
}
