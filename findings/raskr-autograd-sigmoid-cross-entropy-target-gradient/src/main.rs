use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![1.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let loss = ops::sigmoid_cross_entropy(ops::convert_to_tensor(array![3.0], ctx), x);
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        // max(y, 0) - y x + log(1 + e^-|y|), y = 3
        assert_eq!(gradient, array![-3.0].into_dyn());
    });
}
