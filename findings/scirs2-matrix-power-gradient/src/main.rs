use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![[2.0, 1.0], [0.5, 3.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::matrix_power(&x, 2.0))], &[x])[0];
        assert_eq!(
            gradient.eval(ctx).unwrap(),
            array![[5.5, 6.0], [7.0, 7.5]].into_dyn()
        );
    });
}
