use autograd::{VariableEnvironment, prelude::*, ndarray::Array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(Array::zeros((1, 1, 3, 3)));
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let loss = ops::sum_all(ops::max_pool2d(x, 2, 0, 2));
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient.shape(), [1, 1, 3, 3]);
    });
}
