use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // of one element along the axis it is the constant 0
        let x = ops::variable(array![[3.0, 5.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::log_softmax(x, 0))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![[0.0, 0.0]].into_dyn());
    });
}
