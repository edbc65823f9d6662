use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // max(x, x) has the slope 1 whichever way both move together
        let x = ops::variable(array![5.0, 5.0], ctx);
        let gradient = ops::grad(&[ops::reduce_max(x, &[0], false)], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap().sum(), 1.0);
    });
}
