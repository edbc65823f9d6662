use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // the sum of the eigenvalues is the trace
        let x = ops::variable(array![[2.0, 0.0], [0.0, 3.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::eigvalsh(&x))], &[x])[0];
        assert_eq!(
            gradient.eval(ctx).unwrap(),
            array![[1.0, 0.0], [0.0, 1.0]].into_dyn()
        );
    });
}
