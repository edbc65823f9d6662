use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    for v in [1e-23, 1e20] {
        let tensor = || Tensor::<1>::from_data(TensorData::new(vec![v], [1]), (&device, DType::F32));
        let x = tensor().require_grad();
        let y = tensor().div(x.clone());
        let gradient = x.grad(&y.sum().backward()).unwrap().to_data();
        let gradient: Vec<f64> = gradient.iter::<f64>().collect();
        // -v / x^2 where x = v
        let right: f64 = -1.0 / v;
        assert!((gradient[0] - right).abs() < 1e-5 * right.abs(), "{}, should be {right:e}", gradient[0]);
    }
}
