// fails with: is out of bounds for array of shape
use autograd::{ndarray::Array1, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(Array1::<f64>::zeros(0), ctx);
        let one = ops::convert_to_tensor(Array1::<f64>::ones(1), ctx);
        assert_eq!((x * one).eval(ctx).unwrap().len(), 0);
    });
}
