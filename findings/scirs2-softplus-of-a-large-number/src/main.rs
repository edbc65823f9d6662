use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::convert_to_tensor(array![1000.0], ctx);
        assert_eq!(
            ops::softplus(x).eval(ctx).unwrap(),
            array![1000.0].into_dyn()
        );
    });
}
