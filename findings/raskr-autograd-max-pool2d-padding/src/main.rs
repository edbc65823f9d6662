use autograd::{ndarray::Array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(Array::from_shape_vec((1, 1, 1, 1), vec![1.0]).unwrap(), ctx);
        let y = ops::max_pool2d(x, 2, 1, 1).eval(ctx).unwrap();
        assert_eq!(y, Array::from_shape_vec((1, 1, 2, 2), vec![1.0, 1.0, 1.0, 1.0]).unwrap().into_dyn());
    });
}
