use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![0.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let gradient = ops::grad(&[ops::pow(x, 0.0)], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![0.0].into_dyn());
    });
}
