use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let tensor = |x: f64| Tensor::<1>::from_data(TensorData::new(vec![x], [1]), (&device, DType::F64));
    let (x, y) = (tensor(1.0), tensor(0.1).require_grad());
    let z = x.remainder(y.clone());
    let value = z.to_data().iter::<f64>().next().unwrap();
    let gradient = y.grad(&z.backward()).unwrap().to_data().iter::<f64>().next().unwrap();
    // its own value is 1 - 9 y: 0.1 is a little more than a tenth
    assert!((value - (1.0 - 9.0 * 0.1)).abs() < 1e-12, "{value}");
    assert_eq!(gradient, -9.0);
}
