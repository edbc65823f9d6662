use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // max(x, x) is x
        let x = ops::variable(array![5.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::maximum(x, x))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![1.0].into_dyn());
    });
}
