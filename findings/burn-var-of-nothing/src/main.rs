// fails with: attempt to subtract with overflow
use burn_tensor::{DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex();
    let x = Tensor::<2>::from_data(TensorData::new(Vec::<f64>::new(), [2, 0]), (&device, DType::F64));
    let y: Vec<f64> = x.var(1).to_data().iter::<f64>().collect();
    // as var_bias and mean_dim
    assert!(y.len() == 2 && y.iter().all(|v| v.is_nan()), "{y:?}");
}
