use scirs2_autograd::{ndarray::Array4, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(Array4::<f64>::ones((1, 1, 3, 2)), ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::max_pool2d(x, 2, 0, 2))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap().shape(), [1, 1, 3, 2]);
    });
}
