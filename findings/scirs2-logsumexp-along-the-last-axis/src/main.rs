use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // along an axis of one element it is the element
        let x = ops::convert_to_tensor(array![[3.0], [5.0]], ctx);
        let y = ops::reduce_logsumexp(x, 1, false);
        assert_eq!(y.eval(ctx).unwrap(), array![3.0, 5.0].into_dyn());
    });
}
