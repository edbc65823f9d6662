use echidna::{BReverse, record};
use num_traits::Float;

fn main() {
    let (mut tape, _) = record(|x: &[BReverse<f64>]| x[0].tanh(), &[400.0]);
    let (value, gradient, hessian) = tape.hessian(&[400.0]);
    assert_eq!((value, gradient[0]), (1.0, 0.0));
    // -2 tanh(x) / cosh(x)^2
    assert_eq!(hessian[0][0], 0.0);
}
