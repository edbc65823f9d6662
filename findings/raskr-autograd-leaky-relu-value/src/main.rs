use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![1.0, -1.0], ctx);
        assert_eq!(ops::leaky_relu(x, 0.5).eval(ctx).unwrap(), array![1.0, -0.5].into_dyn());
        assert_eq!(ops::leaky_relu(x, 2.0).eval(ctx).unwrap(), array![1.0, -2.0].into_dyn());
    });
}
