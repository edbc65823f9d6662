// fails with: incompatible memory layout
use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![[[1.0, 4.0], [3.0, 2.0]], [[5.0, 6.0], [7.0, 8.0]]], ctx);
        let y = ops::argmax(x, 1, false).eval(ctx).unwrap();
        assert_eq!(y, array![[1.0, 0.0], [1.0, 1.0]].into_dyn());
    });
}
