use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // where(c, x, z) of c != 0 is x
        let x = ops::variable(array![5.0], ctx);
        let (c, z) = (
            ops::convert_to_tensor(array![1.0], ctx),
            ops::convert_to_tensor(array![0.0], ctx),
        );
        let gradient = ops::grad(&[ops::sum_all(ops::where_op(&c, &x, &z))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![1.0].into_dyn());
    });
}
