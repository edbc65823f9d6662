use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![[0.0, 0.0], [5.0, 5.0]], ctx);
        let y = ops::reduce_logsumexp(x, 1, false).eval(ctx).unwrap();
        let right = array![2f64.ln(), 5.0 + 2f64.ln()].into_dyn();
        assert!((&y - &right).iter().all(|e| e.abs() < 1e-12), "{y}, should be {right}");
    });
}
