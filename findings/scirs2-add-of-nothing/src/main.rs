use scirs2_autograd::{
    ndarray::{Array1, array},
    run, tensor_ops as ops,
};

fn main() {
    run(|ctx| {
        let x = ops::variable(array![5.0], ctx);
        let nothing = ops::convert_to_tensor(Array1::<f64>::zeros(0), ctx);
        let gradient = ops::grad(&[ops::sum_all(x + nothing)], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![0.0].into_dyn());
    });
}
