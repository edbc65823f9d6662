use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![[[1.0, 2.0]], [[3.0, 4.0]]], ctx);
        let one = ops::convert_to_tensor(array![[[1.0]], [[1.0]]], ctx);
        let y = ops::batch_matmul(ops::slice(x, &[0, 0, 0], &[-1, -1, 1]), one).eval(ctx).unwrap();
        assert_eq!(y, array![[[1.0]], [[3.0]]].into_dyn());
    });
}
