// fails with: `left != right`
use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![1.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let y = ops::clip(x, -5.0, 5.0);
        let first = ops::grad(&[ops::sum_all(y * y * y)], &[x])[0];
        let second = ops::grad(&[ops::sum_all(first)], &[x])[0].eval(ctx).unwrap();
        assert_eq!(second, array![6.0].into_dyn());
    });
}
