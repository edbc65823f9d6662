use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let (x, z) = (
            ops::variable(array![1.0], ctx),
            ops::variable(array![2.0], ctx),
        );
        let y = ops::efficient_concat(&[&x, &z], 0);
        assert_eq!(y.eval(ctx).unwrap(), array![1.0, 2.0].into_dyn());
    });
}
