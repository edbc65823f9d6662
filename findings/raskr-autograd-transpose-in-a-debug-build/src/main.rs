// fails with: unsafe precondition(s) violated
use autograd::{ndarray::array, tensor_ops as ops};

fn main() {
    autograd::run(|ctx: &mut autograd::Context<f64>| {
        let x = ops::convert_to_tensor(array![[1.0, 2.0]], ctx);
        let y = ops::transpose(x, &[1, 0]).eval(ctx).unwrap();
        assert_eq!(y, array![[1.0], [2.0]].into_dyn());
    });
}
