use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: incompatible memory layout
        let x = ops::convert_to_tensor(array![[1.0, 2.0], [3.0, 4.0]], ctx);
        let y = ops::expand_dims(ops::transpose(x, &[1, 0]), &[0]);
        assert_eq!(
            y.eval(ctx).unwrap(),
            array![[[1.0, 3.0], [2.0, 4.0]]].into_dyn()
        );
    });
}
