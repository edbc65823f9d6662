use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![800.0, 0.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let target = ops::convert_to_tensor(array![0.5, 0.5], ctx);
        let loss = ops::sum_all(ops::sigmoid_cross_entropy(x, target));
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![0.5, 0.0].into_dyn());
    });
}
