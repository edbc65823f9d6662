use scirs2_autograd::{ndarray::Array4, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // windows of one element, the image itself: it is read as if it had not been transposed
        let x = ops::convert_to_tensor(
            Array4::from_shape_fn((1, 1, 2, 2), |(_, _, i, k)| (2 * i + k) as f64),
            ctx,
        );
        let turned = ops::transpose(x, &[0, 1, 3, 2]);
        let y = ops::max_pool2d(turned, 1, 0, 1).eval(ctx).unwrap();
        assert_eq!(y.into_iter().collect::<Vec<_>>(), [0.0, 2.0, 1.0, 3.0]);
    });
}
