use burn_tensor::{Device, Tensor, module::interpolate, ops::{InterpolateMode, InterpolateOptions}};

fn main() {
    let x = Tensor::<4>::ones([1, 1, 10, 10], &Device::flex());
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([0.7, 1.9]);
    assert_eq!(interpolate(x, options).dims(), [1, 1, 7, 19]);
}
