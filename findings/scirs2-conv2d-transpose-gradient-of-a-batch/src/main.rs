use scirs2_autograd::{ndarray::Array4, run, tensor_ops as ops};

fn main() {
    run(|ctx| {
        // by a kernel of one element: the sum of the images, weighted
        let x = ops::convert_to_tensor(
            Array4::from_shape_fn((2, 1, 1, 2), |(b, _, _, k)| [[0.0, 0.0], [0.0, 1.0]][b][k]),
            ctx,
        );
        let weight = ops::convert_to_tensor(
            Array4::from_shape_fn((2, 1, 1, 2), |(b, _, _, k)| [[1.0, 2.0], [3.0, 4.0]][b][k]),
            ctx,
        );
        let w = ops::variable(Array4::<f64>::ones((1, 1, 1, 1)), ctx);
        let gradient = ops::grad(
            &[ops::sum_all(ops::conv2d_transpose(x, w, 0, 1) * weight)],
            &[w],
        )[0];
        assert_eq!(gradient.eval(ctx).unwrap().sum(), 4.0);
    });
}
