use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![[[1.0, 1.0]]]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let w = ops::convert_to_tensor(array![[[1.0, 2.0], [3.0, 4.0]]], ctx);
        let loss = ops::sum_all(ops::batch_matmul_t(x, w, false, true));
        let gradient = ops::grad(&[loss], &[x])[0].eval(ctx).unwrap();
        // the sums of the columns of w
        assert_eq!(gradient, array![[[4.0, 6.0]]].into_dyn());
    });
}
