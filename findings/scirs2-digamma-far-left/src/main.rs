use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // one call for each integer on the way
        // fails with: signal 6
        let x = ops::convert_to_tensor(array![-3000000.5], ctx);
        let y = ops::digamma_f64(x).eval(ctx).unwrap().sum();
        assert!((y - 3000000.5_f64.ln()).abs() < 1e-6, "{y}");
    });
}
