use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // R is the length of the column
        // fails with: is out of bounds for array of shape
        let x = ops::variable(array![[3.0], [4.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::qr(x).1)], &[x])[0]
            .eval(ctx)
            .unwrap();
        assert_eq!(gradient.mapv(f64::abs), array![[0.6], [0.8]].into_dyn());
    });
}
