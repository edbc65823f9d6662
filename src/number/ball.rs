//! Running error analysis as a number: a value and a first-order bound of the rounding error it carries.
//!
//! A `Ball` stands for "what a computation in binary64 (or binary32) may have instead of the exact result". Evaluating a
//! program on balls bounds the error of its values; running reverse mode on balls bounds the error of its gradient
//! (adjoints and partial derivatives are balls as well). The bound is that of Higham, *Accuracy and Stability of
//! Numerical Algorithms*, 2nd ed., section 3.3: for `y = f(x)` it propagates `|f'(x)| delta_x` and adds `c u |y|`, with
//! `c = 1` for the correctly rounded operations and 2 for library functions.
//!
//! The values are computed in binary64 for either precision. A bound that is no longer small against its value is
//! itself only an indication; whoever uses it must then not decide.

use super::functions::unary_functions;
use super::{Dual, Number, Real};
use std::cmp::Ordering;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The arithmetic whose rounding is bounded.
pub trait Precision: Copy + Debug + 'static {
    /// The unit roundoff u: half a unit in the last place of 1.
    const UNIT: f64;
    /// Half the smallest positive number: the error that underflow may add.
    const UNDERFLOW: f64;
    /// Whether `x` is a number of this precision.
    fn holds(x: f64) -> bool;
}

/// IEEE 754 binary64.
#[derive(Clone, Copy, Debug)]
pub struct Double;

/// IEEE 754 binary32.
#[derive(Clone, Copy, Debug)]
pub struct Single;

impl Precision for Double {
    const UNIT: f64 = f64::EPSILON / 2.0;
    const UNDERFLOW: f64 = 5e-324; // its half is not a number of binary64
    fn holds(_: f64) -> bool {
        true
    }
}

impl Precision for Single {
    const UNIT: f64 = f32::EPSILON as f64 / 2.0;
    const UNDERFLOW: f64 = 7.006_492_321_624_085e-46; // 2^-150
    fn holds(x: f64) -> bool {
        f64::from(x as f32) == x || x.is_nan()
    }
}

/// A value, and a bound on how far the computed value may be from it.
#[derive(Clone, Copy, Debug)]
pub struct Ball<P> {
    /// The value, computed in binary64.
    pub value: f64,
    /// The bound on the absolute error.
    pub delta: f64,
    precision: PhantomData<P>,
}

impl<P: Precision> Ball<P> {
    /// A value that is stored without error.
    pub fn exact(value: f64) -> Self {
        Self::with_delta(value, 0.0)
    }

    fn with_delta(value: f64, delta: f64) -> Self {
        Self {
            value,
            delta,
            precision: PhantomData,
        }
    }

    /// `value` with error `carried` from its arguments and `units` roundings of its own.
    fn rounded(value: f64, carried: f64, units: f64) -> Self {
        let own = if value == 0.0 {
            0.0
        } else {
            units * (P::UNIT * value.abs() + P::UNDERFLOW)
        };
        Self::with_delta(value, carried + own)
    }
}

/// |p| d, where an exact argument carries nothing even through an infinite slope.
fn carry(partial: f64, delta: f64) -> f64 {
    delta.strong_mul(partial.abs())
}

impl<P: Precision> Add for Ball<P> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self::rounded(self.value + b.value, self.delta + b.delta, 1.0)
    }
}

impl<P: Precision> Sub for Ball<P> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        Self::rounded(self.value - b.value, self.delta + b.delta, 1.0)
    }
}

impl<P: Precision> Mul for Ball<P> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        let carried =
            carry(b.value, self.delta) + carry(self.value, b.delta) + self.delta * b.delta;
        let product = Self::rounded(self.value * b.value, carried, 1.0);
        // a product that underflowed to zero is not exact
        let lost = product.value == 0.0 && self.value != 0.0 && b.value != 0.0;
        if lost {
            Self::with_delta(product.value, product.delta + P::UNDERFLOW)
        } else {
            product
        }
    }
}

impl<P: Precision> Div for Ball<P> {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        let y = self.value / b.value;
        Self::rounded(
            y,
            carry(1.0 / b.value, self.delta) + carry(y / b.value, b.delta),
            1.0,
        )
    }
}

impl<P: Precision> Neg for Ball<P> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::with_delta(-self.value, self.delta)
    }
}

impl<P: Precision> PartialEq for Ball<P> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<P: Precision> PartialOrd for Ball<P> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<P: Precision> Ball<P> {
    fn unary(self, f: fn(Dual<f64>) -> Dual<f64>) -> Self {
        let y = f(Dual::variable(self.value));
        Self::rounded(y.value, carry(self.slope(y, f), self.delta), 2.0)
    }

    /// How steep `f` is, where its value and derivative are `y`. Where the error is no longer small against the argument,
    /// the derivative at the ball's middle says little (of a square at 0, nothing), and its ends are asked too.
    fn slope(self, y: Dual<f64>, f: impl Fn(Dual<f64>) -> Dual<f64>) -> f64 {
        if self.delta <= 1e-3 * self.value.abs() || !self.delta.is_finite() {
            return y.tangent;
        }
        let at = |x: f64| f(Dual::variable(x)).tangent.abs();
        // an end outside the domain is NaN, which the maximum passes over
        let ends = at(self.value - self.delta).max(at(self.value + self.delta));
        if y.tangent.is_nan() {
            y.tangent
        } else {
            y.tangent.abs().max(ends)
        }
    }

    fn binary(self, b: Self, f: impl Fn(Dual<f64>, Dual<f64>) -> Dual<f64>, units: f64) -> Self {
        let (x, y) = (Dual::constant(self.value), Dual::constant(b.value));
        let left = f(Dual::variable(self.value), y);
        // an exact operand needs no slope, and the slope of a power by its exponent costs a logarithm
        let right = if b.delta == 0.0 {
            0.0
        } else {
            f(x, Dual::variable(b.value)).tangent
        };
        Self::rounded(
            left.value,
            carry(left.tangent, self.delta) + carry(right, b.delta),
            units,
        )
    }
}

macro_rules! unary {
    ($($name:ident $row:ident),*) => {
        impl<P: Precision> Number for Ball<P> {
            $(fn $name(self) -> Self {
                self.unary(Dual::<f64>::$name)
            })*

            fn of(x: f64) -> Self {
                Self::with_delta(x, if P::holds(x) { 0.0 } else { P::UNIT * x.abs() })
            }
            fn gt(self, b: Self) -> Self {
                Self::exact(self.value.gt(b.value))
            }
            fn ge(self, b: Self) -> Self {
                Self::exact(self.value.ge(b.value))
            }
            fn equals(self, b: Self) -> Self {
                Self::exact(self.value.equals(b.value))
            }
            fn select(self, yes: Self, no: Self) -> Self {
                if self.value == 0.0 { no } else { yes }
            }
            fn strong_mul(self, b: Self) -> Self {
                if self.value == 0.0 && self.delta == 0.0 {
                    Self::exact(0.0)
                } else {
                    self * b
                }
            }
            fn powi(self, n: i32) -> Self {
                let f = |x: Dual<f64>| x.powi(n);
                let y = f(Dual::variable(self.value));
                Self::rounded(y.value, carry(self.slope(y, f), self.delta), f64::from(n.unsigned_abs().clamp(2, 1000)))
            }
            fn pow(self, b: Self) -> Self {
                let f = |x: Dual<f64>| x.pow(Dual::constant(b.value));
                let y = f(Dual::variable(self.value));
                // |x| also where x is negative: an exponent that is an integer there is one in the engine as well
                let by_exponent = y.value.strong_mul(self.value.abs().ln());
                Self::rounded(y.value, carry(self.slope(y, f), self.delta) + carry(by_exponent, b.delta), 2.0)
            }
            fn atan2(self, b: Self) -> Self {
                self.binary(b, Dual::atan2, 2.0)
            }
            fn hypot(self, b: Self) -> Self {
                self.binary(b, Dual::hypot, 2.0)
            }
            fn max(self, b: Self) -> Self {
                Self::with_delta(self.value.max(b.value), self.delta.max(b.delta))
            }
            fn min(self, b: Self) -> Self {
                Self::with_delta(Number::min(self.value, b.value), self.delta.max(b.delta))
            }
            fn copysign(self, b: Self) -> Self {
                Self::with_delta(self.value.copysign(b.value), self.delta)
            }
            fn fmod(self, b: Self) -> Self {
                self.binary(b, Dual::fmod, 1.0)
            }
            fn remainder(self, b: Self) -> Self {
                self.binary(b, Dual::remainder, 2.0)
            }
        }
    };
}
unary_functions!(unary);

impl<P: Precision> Real for Ball<P> {
    fn to_f64(self) -> f64 {
        self.value
    }

    fn detach(self) -> Self {
        self
    }

    /// Any order of summation: n roundings of the sum of the magnitudes.
    fn sum(terms: &[Self]) -> Self {
        let value = terms.iter().map(|b| b.value).sum::<f64>();
        let carried = terms.iter().map(|b| b.delta).sum::<f64>();
        let size = terms.iter().map(|b| b.value.abs()).sum::<f64>();
        let roundings = terms.len().saturating_sub(1) as f64;
        Self::with_delta(value, carried + roundings * P::UNIT * size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_and_are_not_absurd() {
        let tenth = Ball::<Double>::exact(0.1);
        let sum = (0..10).fold(Ball::exact(0.0), |sum, _| sum + tenth);
        let error = (sum.value - 1.0).abs();
        assert!(
            error > 0.0 && error <= sum.delta && sum.delta < 1e-15,
            "{sum:?}"
        );
        let y = (sum * sum).sin();
        assert!(y.delta > sum.delta && y.delta < 2e-14);
    }

    #[test]
    fn single_precision_knows_what_it_cannot_hold() {
        assert_eq!(Ball::<Single>::of(0.5).delta, 0.0);
        assert!(Ball::<Single>::of(0.1).delta > 1e-9);
        assert_eq!(Ball::<Double>::of(0.1).delta, 0.0);
    }

    #[test]
    fn a_square_of_noise_has_an_error() {
        let noise = Ball::<Double>::exact(1.0) + Ball::exact(1e-20) - Ball::exact(1.0);
        assert_eq!(noise.value, 0.0);
        assert!(noise.powi(2).delta >= 1e-40);
    }

    #[test]
    fn a_negative_base_has_bounds() {
        let exponent = Ball::<Double>::of(3.0) - Ball::of(1.0);
        let y = Ball::<Double>::of(-1.5).pow(exponent);
        assert!(
            exponent.delta > 0.0 && y.value == 2.25 && y.delta < 1e-14,
            "{y:?}"
        );
    }

    #[test]
    fn an_exact_argument_carries_nothing_through_a_pole() {
        assert_eq!(Ball::<Double>::exact(0.0).sqrt().delta, 0.0);
    }
}
