use scirs2_autograd::{ndarray::Array4, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(Array4::<f64>::ones((1, 1, 1, 1)), ctx);
        let w = ops::convert_to_tensor(Array4::<f64>::ones((1, 1, 2, 1)), ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::conv2d(x, w, 1, 2))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap().shape(), [1, 1, 1, 1]);
    });
}
