use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![1.0, 2.0, 3.0], ctx);
        assert_eq!(ops::expand_dims(x, &[-1]).eval(ctx).unwrap().shape(), [3, 1]);
    });
}
