use autograd::{VariableEnvironment, prelude::*, ndarray::Array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let w = env.slot().set(Array::from_elem((1, 1, 1, 1), 1.0));
    env.run(|ctx| {
        let w = ctx.variable_by_id(w);
        let images = |data| ops::convert_to_tensor(Array::from_shape_vec((2, 1, 1, 2), data).unwrap(), ctx);
        let (x, scale) = (images(vec![1.0, 2.0, 3.0, 4.0]), images(vec![1.0, 10.0, 100.0, 1000.0]));
        let loss = ops::sum_all(ops::conv2d_transpose(x, w, 0, 1) * scale);
        let gradient = ops::grad(&[loss], &[w])[0].eval(ctx).unwrap();
        assert_eq!(gradient.sum(), 4321.0);
    });
}
