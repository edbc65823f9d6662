// fails with: `left != right`
use autograd::{VariableEnvironment, prelude::*, ndarray::array, tensor_ops as ops};

fn main() {
    let mut env = VariableEnvironment::<f64>::new();
    let x = env.slot().set(array![1.0]);
    env.run(|ctx| {
        let x = ctx.variable_by_id(x);
        let gradient = ops::grad(&[ops::digamma_f64(x)], &[x])[0].eval(ctx).unwrap();
        let right = std::f64::consts::PI.powi(2) / 6.0;
        assert!((gradient.sum() - right).abs() < 1e-9, "{gradient}, should be {right}");
    });
}
