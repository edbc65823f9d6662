use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![[0.0], [0.0]]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let scale = ops::convert_to_tensor(array![[1.0], [0.0]], ctx);
        let loss = ops::sum_all(ops::log_softmax(x, 0) * scale);
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        assert_eq!(gradient, array![[0.5], [-0.5]].into_dyn());
    });
}
