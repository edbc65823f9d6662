use burn_tensor::{DType, Device, Tensor, module::interpolate, ops::{InterpolateMode, InterpolateOptions}};

fn main() {
    let device = Device::flex().autodiff();
    let x = Tensor::<4>::ones([1, 1, 1, 1], (&device, DType::F16)).require_grad();
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([64, 64]);
    let gradient = x.grad(&interpolate(x.clone(), options).sum().backward()).unwrap().to_data();
    assert_eq!(gradient.iter::<f32>().collect::<Vec<_>>(), [4096.0]);
}
