//! What formulas compute with, and what tensors hold.
//!
//! [`Number`] is the algebra in which every formula of this crate is written, once: a pointwise operation's value and
//! derivative, a user's generic function. [`Real`] adds what a tensor kernel needs: an order, and a few reductions that
//! some numbers do better than one by one.
//!
//! Most of the crate's independence comes from running one formula on many numbers:
//!
//! | number | what the same formula computes |
//! |---|---|
//! | `f32`, `f64` | the value |
//! | [`Dd`] | the value to about 31 digits: the oracle's arithmetic |
//! | [`Dual`] | the value and its derivative along one direction (forward mode) |
//! | [`Ball`] | the value and a bound of its rounding error |
//! | `scalar::Var` | the value, and a record from which reverse mode sweeps |
//!
//! Nothing here may know of tensors, operations or graphs.

mod ball;
mod dd;
mod dual;
mod float;
mod functions;
mod gemm;
mod term;

pub use ball::{Ball, Rounding};
pub use dd::{Dd, ParseDdError};
pub use dual::Dual;
pub use term::Term;

pub(crate) use functions::{binary_functions, indexed_functions, unary_functions};

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The algebra of formulas.
///
/// Every method is total: outside its domain a function is NaN, at a pole infinite, as in IEEE 754. Comparisons give 1
/// or 0 as numbers, so that a formula with branches can also be recorded.
///
/// A function that is generic over `Number` runs on all number types:
///
/// ```
/// use secant::number::{Dual, Number};
/// fn f<N: Number>(x: N) -> N {
///     x.sin() * N::of(2.0) + x.exp()
/// }
/// let value: f64 = f(0.5);
/// let derivative = f(Dual::variable(0.5)).tangent;
/// assert!((derivative - (2.0 * 0.5f64.cos() + 0.5f64.exp())).abs() < 1e-15);
/// assert!(value > 2.0);
/// ```
pub trait Number:
    Copy
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The constant `x`.
    fn of(x: f64) -> Self;

    /// 1 where `self > other`, else 0; its derivative is 0.
    fn gt(self, other: Self) -> Self;
    /// 1 where `self >= other`, else 0; its derivative is 0.
    fn ge(self, other: Self) -> Self;
    /// 1 where `self == other`, else 0; its derivative is 0.
    fn equals(self, other: Self) -> Self;
    /// `yes` where `self` is not zero (NaN is not), else `no`.
    fn select(self, yes: Self, no: Self) -> Self;
    /// `self * other`, but 0 where `self` is 0, whatever `other` is: how an adjoint meets a partial derivative.
    fn strong_mul(self, other: Self) -> Self;
    /// `self` to an integer power, by multiplication: right for negative bases, 1 for `n = 0`.
    fn powi(self, n: i32) -> Self;
    /// The derivative of order `n` of the digamma function, which is the derivative of [`lgamma`](Self::lgamma). NaN for
    /// n < 0 and n > 1000. At 0 it is infinite; at the negative integers infinite for odd n, NaN for even n.
    fn polygamma(self, n: i32) -> Self;
    /// e^(x^2) i^n erfc(x), where i^n is the n-th integral from x to infinity: for n = 0 the scaled complementary error
    /// function. Its derivative is -2 (n + 1) times the next. NaN for n < 0 and n > 1000.
    fn ierfcx(self, n: i32) -> Self;
    /// The modified Bessel function of the first kind I_n(x). NaN for |n| > 1000.
    fn bessel_i(self, n: i32) -> Self;

    /// |x|; derivative 0 at 0.
    fn abs(self) -> Self;
    /// -1, 0 or 1; NaN for NaN.
    fn sign(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Cube root, also of negative numbers.
    fn cbrt(self) -> Self;
    /// e^x.
    fn exp(self) -> Self;
    /// 2^x.
    fn exp2(self) -> Self;
    /// 10^x.
    fn exp10(self) -> Self;
    /// e^x - 1, without cancellation near 0.
    fn expm1(self) -> Self;
    /// Natural logarithm.
    fn log(self) -> Self;
    /// Logarithm to base 2.
    fn log2(self) -> Self;
    /// Logarithm to base 10.
    fn log10(self) -> Self;
    /// log(1 + x), without cancellation near 0.
    fn log1p(self) -> Self;
    /// Sine of an angle in radians.
    fn sin(self) -> Self;
    /// Cosine of an angle in radians.
    fn cos(self) -> Self;
    /// Tangent of an angle in radians.
    fn tan(self) -> Self;
    /// Arc sine, in [-pi/2, pi/2].
    fn asin(self) -> Self;
    /// Arc cosine, in [0, pi].
    fn acos(self) -> Self;
    /// Arc tangent, in [-pi/2, pi/2].
    fn atan(self) -> Self;
    /// Hyperbolic sine.
    fn sinh(self) -> Self;
    /// Hyperbolic cosine.
    fn cosh(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Inverse hyperbolic sine.
    fn asinh(self) -> Self;
    /// Inverse hyperbolic cosine.
    fn acosh(self) -> Self;
    /// Inverse hyperbolic tangent.
    fn atanh(self) -> Self;
    /// sin(pi x) / (pi x), 1 at 0.
    fn sinc(self) -> Self;
    /// The error function 2/sqrt(pi) int_0^x exp(-t^2) dt.
    fn erf(self) -> Self;
    /// 1 - erf(x), without cancellation for large x.
    fn erfc(self) -> Self;
    /// The inverse of the error function: infinite at -1 and 1, NaN beyond.
    fn erfinv(self) -> Self;
    /// log |Gamma(x)|; infinite at 0, -1, -2, ..
    fn lgamma(self) -> Self;
    /// The standard normal distribution function, erfc(-x / sqrt 2) / 2, to full relative accuracy on the left.
    fn normal_cdf(self) -> Self;
    /// The logarithm of the standard normal distribution function, to full relative accuracy on both sides.
    fn log_normal_cdf(self) -> Self;
    /// The largest integer not above x.
    fn floor(self) -> Self;
    /// The smallest integer not below x.
    fn ceil(self) -> Self;
    /// The nearest integer, halves to even.
    fn round(self) -> Self;
    /// The integer part, towards 0.
    fn trunc(self) -> Self;

    /// x^y.
    fn pow(self, y: Self) -> Self;
    /// The angle of the point (x = `other`, y = `self`), in [-pi, pi].
    fn atan2(self, other: Self) -> Self;
    /// sqrt(x^2 + y^2) without early overflow; derivatives 0 at the origin.
    fn hypot(self, other: Self) -> Self;
    /// The larger; NaN if either is; derivative half each at a tie.
    fn max(self, other: Self) -> Self;
    /// The smaller; NaN if either is; derivative half each at a tie.
    fn min(self, other: Self) -> Self;
    /// |x| with the sign of y.
    fn copysign(self, other: Self) -> Self;
    /// The remainder of C's `fmod`: the sign of `self`.
    fn fmod(self, other: Self) -> Self;
    /// The remainder of Python's `%`: the sign of `other`.
    fn remainder(self, other: Self) -> Self;
    /// `self * b + c`, rounded once where the number can.
    fn fma(self, b: Self, c: Self) -> Self {
        self * b + c
    }

    /// 1 / (1 + e^-x), to full relative accuracy on both sides.
    fn sigmoid(self) -> Self {
        let e = (-self.abs()).exp();
        let one = Self::of(1.0);
        self.ge(Self::of(0.0))
            .select(one / (one + e), e / (one + e))
    }

    /// The circle constant, to the number's own precision.
    fn pi() -> Self {
        Self::of(std::f64::consts::PI)
    }
    /// The natural logarithm of 2, to the number's own precision.
    fn ln_2() -> Self {
        Self::of(std::f64::consts::LN_2)
    }
    /// The natural logarithm of 10, to the number's own precision.
    fn ln_10() -> Self {
        Self::of(std::f64::consts::LN_10)
    }
}

/// A number that a tensor can hold.
///
/// Its order compares primal values. It need not be `Send`: a tensor may hold variables of a tape.
pub trait Real: Number + PartialOrd {
    /// The primal value, rounded to `f64`.
    fn to_f64(self) -> f64;

    /// The same value as a constant: no derivative passes.
    fn detach(self) -> Self;

    /// One number for several equal ones, each with an equal share in it (ties of `max_reduce`).
    ///
    /// `ties` is not empty and all its elements compare equal.
    fn equal_share(ties: &[Self]) -> Self {
        ties[0]
    }

    /// The sum of `terms`; 0 if there are none.
    fn sum(terms: &[Self]) -> Self {
        pairwise(terms)
    }

    /// The inner product of two slices of equal length.
    fn dot(a: &[Self], b: &[Self]) -> Self {
        let products: smallvec::SmallVec<[Self; 16]> =
            a.iter().zip(b).map(|(&a, &b)| a * b).collect();
        Self::sum(&products)
    }

    /// `c = a b` for row-major `a` (m x k), `b` (k x n) by a routine made for this number, if there is one.
    ///
    /// Strides are in elements, (row, column). Returns false if nothing was done.
    fn gemm(
        _shape: [usize; 3],
        _a: (&[Self], [isize; 2]),
        _b: (&[Self], [isize; 2]),
        _c: &mut [Self],
    ) -> bool {
        false
    }
}

/// Pairwise summation: the error grows with log n, not with n.
fn pairwise<T: Number>(terms: &[T]) -> T {
    match terms {
        [] => T::of(0.0),
        [x] => *x,
        _ if terms.len() <= 16 => terms[1..].iter().fold(terms[0], |sum, &x| sum + x),
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            pairwise(left) + pairwise(right)
        }
    }
}
