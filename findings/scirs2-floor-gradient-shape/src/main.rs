use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![1.5, 2.5], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::floor(x))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![0.0, 0.0].into_dyn());
    });
}
