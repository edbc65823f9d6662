use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::convert_to_tensor(array![2.0], ctx);
        assert_eq!(ops::inv(x).eval(ctx).unwrap(), array![0.5].into_dyn());
    });
}
