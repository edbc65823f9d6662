use scirs2_autograd::{ndarray::Array4, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: attempt to subtract with overflow
        let x = ops::convert_to_tensor(Array4::<f64>::zeros((1, 1, 2, 2)), ctx);
        let y = ops::max_pool2d(x, 2, 1, 1).eval(ctx).unwrap();
        assert_eq!(y, Array4::<f64>::zeros((1, 1, 3, 3)).into_dyn());
    });
}
