use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // fails with: Cannot broadcast shapes
        let x = ops::variable(array![[0.0], [1.0]], ctx);
        let z = ops::convert_to_tensor(array![[5.0, 6.0]], ctx);
        let gradient = ops::grad(&[ops::sum_all(ops::broadcast_minimum(&x, &z))], &[x])[0];
        assert_eq!(gradient.eval(ctx).unwrap(), array![[2.0], [2.0]].into_dyn());
    });
}
