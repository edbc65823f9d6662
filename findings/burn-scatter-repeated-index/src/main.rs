use burn_tensor::{DType, Device, IndexingUpdateOp, Int, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |data: Vec<f64>, n: usize| {
        Tensor::<1>::from_data(TensorData::new(data, [n]), (&device, DType::F64))
    };
    let index = Tensor::<1, Int>::from_data(TensorData::new(vec![0i64, 0], [2]), &device);
    let source = tensor(vec![1.0, 2.0], 2).require_grad();
    let y = tensor(vec![0.0], 1).scatter(0, index, source.clone(), IndexingUpdateOp::Assign);
    let value: Vec<f64> = y.to_data().iter::<f64>().collect();
    let gradient = source.grad(&y.sum().backward()).unwrap().to_data();
    let gradient: Vec<f64> = gradient.iter::<f64>().collect();
    // one number was written last, and it alone has a gradient
    let expected = if value == [2.0] { [0.0, 1.0] } else { [1.0, 0.0] };
    assert_eq!(gradient, expected);
}
