use scirs2_autograd::{VariableEnvironment, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![[2.0]]);
    env.run(|ctx| {
        // ops::variable(array![[2.0]], ctx) in place of a variable of the environment has the right gradient
        let x = ctx.variable_by_id(x);
        let gradient = ops::grad(&[ops::sum_all(ops::matrix_inverse(x))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![[-0.25]].into_dyn());
    });
}
