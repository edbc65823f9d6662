// fails with: out of range for slice of length 0
use burn_tensor::{ops::PadMode, DType, Device, Tensor, TensorData};

fn main() {
    let device = Device::flex().autodiff();
    let nothing: Vec<f64> = Vec::new();
    let x = Tensor::<2>::from_data(TensorData::new(nothing, [3, 0]), (&device, DType::F64));
    let y = x.pad(&[(0, 1), (0, 0)][..], PadMode::Edge);
    assert_eq!(y.dims(), [4, 0]);
}
