use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![1.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::efficient_concat(&[&x], 0))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![1.0].into_dyn());
    });
}
