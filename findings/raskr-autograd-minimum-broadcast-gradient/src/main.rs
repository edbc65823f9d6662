use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![0.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let two = ops::convert_to_tensor(array![1.0, 2.0], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::minimum(x, two))], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![2.0].into_dyn());
    });
}
