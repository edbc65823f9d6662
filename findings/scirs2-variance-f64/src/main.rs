use scirs2_autograd::{ndarray::array, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        let x = ops::convert_to_tensor(array![0.0_f64, 0.0, 1.0], ctx);
        let y = ops::reduce_variance(x, &[0], false)
            .eval(ctx)
            .unwrap()
            .sum();
        assert!((y - 2.0 / 9.0).abs() < 1e-12, "{y}");
    });
}
