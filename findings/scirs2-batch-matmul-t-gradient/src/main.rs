use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // the sum of the elements of a b^T: each row of the gradient is the sum of b's rows
        let a = ops::variable(array![[[0.0, 0.0], [0.0, 0.0]]], ctx);
        let b = ops::convert_to_tensor(array![[[1.0, 2.0], [10.0, 20.0]]], ctx);
        let gradient = ops::grad(
            &[ops::sum_all(ops::batch_matmul_t(a, b, false, true))],
            &[a],
        )[0];
        assert_eq!(
            gradient.eval(ctx).unwrap(),
            array![[[11.0, 22.0], [11.0, 22.0]]].into_dyn()
        );
    });
}
