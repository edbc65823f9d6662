use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![[1.0], [2.0]]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let loss = ops::sum_all(ops::squeeze(x, &[-1]));
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![[1.0], [1.0]].into_dyn());
    });
}
