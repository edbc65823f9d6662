use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![2.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        // max(x, x) = x
        let gradient = ops::grad(&[ops::maximum(x, x)], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient.sum(), 1.0);
    });
}
