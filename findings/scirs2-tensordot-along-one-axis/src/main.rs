use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: index out of bounds
        let a = ops::convert_to_tensor(array![[1.0, 2.0], [3.0, 4.0]], ctx);
        let y = ops::tensordot(a, a, &[1], &[0]);
        assert_eq!(
            y.eval(ctx).unwrap(),
            array![[7.0, 10.0], [15.0, 22.0]].into_dyn()
        );
    });
}
