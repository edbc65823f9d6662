use autograd::{ndarray::{Array1, arr0}, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(Array1::<f64>::zeros(0), ctx);
        let y = ops::reduce_sum(x, &[0], false).eval(ctx).unwrap();
        // as ops::sum_all(x) is
        assert_eq!(y, arr0(0.0).into_dyn());
    });
}
