use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![0.0, 3.0], ctx);
        let gradient = ops::grad(&[ops::reduce_prod(x, &[0], false)], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![3.0, 0.0].into_dyn());
    });
}
