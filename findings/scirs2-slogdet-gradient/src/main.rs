use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // log |det| of a number
        let x = ops::variable(array![[2.0]], ctx);
        let gradient = ops::grad(&[ops::slogdet(&x).1], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![[0.5]].into_dyn());
    });
}
