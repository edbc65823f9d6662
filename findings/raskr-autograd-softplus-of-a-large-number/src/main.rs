use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![800.0], ctx);
        assert_eq!(ops::softplus(x).eval(ctx).unwrap(), array![800.0].into_dyn());
    });
}
