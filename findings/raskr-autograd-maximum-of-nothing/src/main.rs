// fails with: is out of bounds for array of shape
use autograd::{ndarray::Array1, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(Array1::<f64>::zeros(0), ctx);
        assert_eq!(ops::maximum(x, x).eval(ctx).unwrap().len(), 0);
    });
}
