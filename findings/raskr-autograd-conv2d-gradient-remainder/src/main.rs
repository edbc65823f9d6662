use autograd::{VariableEnvironment, prelude::*, ndarray::Array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(Array::from_shape_vec((1, 1, 2, 2), vec![1.0, 2.0, 3.0, 4.0]).unwrap());
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let w = ops::convert_to_tensor(Array::from_shape_vec((1, 1, 1, 1), vec![5.0]).unwrap(), ctx);
        let loss = ops::sum_all(ops::conv2d(x, w, 0, 2));
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, Array::from_shape_vec((1, 1, 2, 2), vec![5.0, 0.0, 0.0, 0.0]).unwrap().into_dyn());
    });
}
