use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: out of range
        let x = ops::variable(array![1.0], ctx);
        let index = ops::convert_to_tensor(array![0.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::gather(x, index, -1))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![1.0].into_dyn());
    });
}
