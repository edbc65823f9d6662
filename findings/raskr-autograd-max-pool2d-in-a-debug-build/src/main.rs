// fails with: unsafe precondition(s) violated
use autograd::{ndarray::Array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(Array::from_shape_vec((1, 1, 2, 2), vec![1.0, 2.0, 3.0, 4.0]).unwrap(), ctx);
        let y = ops::max_pool2d(x, 2, 0, 1).eval(ctx).unwrap();
        assert_eq!(y, Array::from_shape_vec((1, 1, 1, 1), vec![4.0]).unwrap().into_dyn());
    });
}
