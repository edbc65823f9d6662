// fails with: is out of bounds for array of shape
use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let (x, y) = (ops::convert_to_tensor(array![6.0], ctx), ops::convert_to_tensor(array![2.0], ctx));
        assert_eq!((x / y).eval(ctx).unwrap(), array![3.0].into_dyn());
    });
}
