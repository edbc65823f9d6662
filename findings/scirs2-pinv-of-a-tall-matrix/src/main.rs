use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // x^T / |x|^2
        // fails with: pseudo-inverse backward
        let x = ops::variable(array![[1.0], [0.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::pinv(&x))], &[x])[0];
        assert_eq!(
            gradient.eval(ctx).unwrap(),
            array![[-1.0], [1.0]].into_dyn()
        );
    });
}
