use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: non-finite value
        let x = ops::variable(array![1000.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::mish(x))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![1.0].into_dyn());
    });
}
