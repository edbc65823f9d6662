use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let (a, b) = (env.slot().set(array![1.0]), env.slot().set(array![2.0]));
    env.run(|ctx| {
        let (a, b) = (ctx.variable_by_id(a), ctx.variable_by_id(b));
        let scale = ops::convert_to_tensor(array![3.0, 5.0], ctx);
        let loss = ops::sum_all(ops::concat(&[a, b], 0) * scale);
        let gradient = ops::grad(&[loss], &[a, b]);
        assert_eq!(gradient[0].eval(ctx).unwrap(), array![3.0].into_dyn());
        assert_eq!(gradient[1].eval(ctx).unwrap(), array![5.0].into_dyn());
    });
}
