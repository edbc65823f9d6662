use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![f64::NEG_INFINITY, f64::NEG_INFINITY], ctx);
        let y = ops::reduce_max(x, &[0], false).eval(ctx).unwrap();
        assert_eq!(y.sum(), f64::NEG_INFINITY);
    });
}
