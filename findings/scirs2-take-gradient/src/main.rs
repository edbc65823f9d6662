use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![5.0, 6.0], ctx);
        let index = ops::convert_to_tensor(array![1.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::take(&x, &index, 0))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![0.0, 1.0].into_dyn());
    });
}
