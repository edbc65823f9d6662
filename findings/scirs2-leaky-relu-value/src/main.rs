use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::convert_to_tensor(array![1.0, -1.0], ctx);
        assert_eq!(
            ops::leaky_relu(x, 2.0).eval(ctx).unwrap(),
            array![1.0, -2.0].into_dyn()
        );
    });
}
