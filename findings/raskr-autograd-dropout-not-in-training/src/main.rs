// fails with: wrong number of output tensors
use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![1.0, 2.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let gradient = ops::grad(&[ops::dropout(x, 0.5, false)], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![1.0, 1.0].into_dyn());
    });
}
