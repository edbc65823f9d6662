//! Running error analysis as a number: a value and a first-order bound of the rounding error it carries.
//!
//! A `Ball<f64>` stands for "what a computation in binary64 may have instead of the exact result", a `Ball<f32>` for what
//! one in binary32 may have. Evaluating a program on balls bounds the error of its values; running reverse mode on balls
//! bounds the error of its gradient (adjoints and partial derivatives are balls as well). The bound is that of Higham,
//! *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.3: for `y = f(x)` it propagates `|f'(x)| delta_x`
//! and adds `c u |y|`, with `c = 1` for the correctly rounded operations and 2 for library functions.
//!
//! Either is computed in binary64. A bound that is no longer small against its value is itself only an indication; whoever uses
//! it must then not decide.

use super::functions::unary_functions;
use super::{Dual, Number, Real};
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// How a type of numbers rounds.
pub trait Rounding: Copy + PartialOrd + std::fmt::Debug + Send + Sync + 'static {
    /// The unit roundoff: half a unit in the last place of 1.
    const UNIT: f64;
    /// The error that underflow may add: no less than half the smallest number.
    const UNDERFLOW: f64;
}

impl Rounding for f32 {
    const UNIT: f64 = f32::EPSILON as f64 / 2.0;
    const UNDERFLOW: f64 = f32::from_bits(1) as f64;
}

impl Rounding for f64 {
    const UNIT: f64 = f64::EPSILON / 2.0;
    const UNDERFLOW: f64 = f64::from_bits(1);
}

/// A value, and a bound on how far the computed value may be from it.
#[derive(Clone, Copy, Debug)]
pub struct Ball<A> {
    /// The value, computed in binary64.
    pub value: f64,
    /// The bound on the absolute error in the arithmetic of `A`.
    pub delta: f64,
    arithmetic: PhantomData<A>,
}

impl<A: Rounding> Ball<A> {
    /// A value that is stored without error.
    pub fn exact(value: f64) -> Self {
        Self::with_delta(value, 0.0)
    }

    fn with_delta(value: f64, delta: f64) -> Self {
        Self {
            value,
            delta,
            arithmetic: PhantomData,
        }
    }

    /// `value` with error `carried` from its arguments and `units` roundings of its own.
    fn rounded(value: f64, carried: f64, units: f64) -> Self {
        let own = if value == 0.0 {
            0.0
        } else {
            units * (A::UNIT * value.abs() + A::UNDERFLOW)
        };
        Self::with_delta(value, carried + own)
    }
}

/// |p| d, where an exact argument carries nothing even through an infinite slope.
fn carry(partial: f64, delta: f64) -> f64 {
    delta.strong_mul(partial.abs())
}

impl<A: Rounding> Add for Ball<A> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self::rounded(self.value + b.value, self.delta + b.delta, 1.0)
    }
}

impl<A: Rounding> Sub for Ball<A> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        Self::rounded(self.value - b.value, self.delta + b.delta, 1.0)
    }
}

impl<A: Rounding> Mul for Ball<A> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        let carried =
            carry(b.value, self.delta) + carry(self.value, b.delta) + self.delta * b.delta;
        let product = Self::rounded(self.value * b.value, carried, 1.0);
        // a product that underflowed to zero is not exact
        let lost = product.value == 0.0 && self.value != 0.0 && b.value != 0.0;
        if lost {
            Self::with_delta(product.value, product.delta + A::UNDERFLOW)
        } else {
            product
        }
    }
}

impl<A: Rounding> Div for Ball<A> {
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

impl<A: Rounding> Neg for Ball<A> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::with_delta(-self.value, self.delta)
    }
}

impl<A: Rounding> PartialEq for Ball<A> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<A: Rounding> PartialOrd for Ball<A> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<A: Rounding> Ball<A> {
    /// A function of one argument: its value, and the same on dual numbers, which an exact argument does not need.
    fn unary(self, value: impl Fn(f64) -> f64, f: impl Fn(Dual<f64>) -> Dual<f64>) -> Self {
        if self.delta == 0.0 {
            return Self::rounded(value(self.value), 0.0, 2.0);
        }
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
        impl<A: Rounding> Number for Ball<A> {
            $(fn $name(self) -> Self {
                self.unary(<f64 as Number>::$name, Dual::<f64>::$name)
            })*

            fn of(x: f64) -> Self {
                // a constant of short mantissa is exact in binary32 too; others are rounded, or stand for another number
                let exact = f64::from(x as f32) == x || !x.is_finite();
                Self::with_delta(x, if exact { 0.0 } else { A::UNIT * x.abs() })
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
            fn polygamma(self, n: i32) -> Self {
                self.unary(|x| x.polygamma(n), |x| x.polygamma(n))
            }
            fn ierfcx(self, n: i32) -> Self {
                self.unary(|x| x.ierfcx(n), |x| x.ierfcx(n))
            }
            fn bessel_i(self, n: i32) -> Self {
                self.unary(|x| x.bessel_i(n), |x| x.bessel_i(n))
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

impl<A: Rounding> Real for Ball<A> {
    fn to_f64(self) -> f64 {
        self.value
    }

    fn detach(self) -> Self {
        self
    }

    /// The sum of the products, of which none is stored.
    fn dot(a: &[Self], b: &[Self]) -> Self {
        // -0 is what the sum of negative zeros starts from
        let (mut value, mut carried, mut size) = (-0.0, 0.0, 0.0);
        for (&a, &b) in a.iter().zip(b) {
            let product = a * b;
            value += product.value;
            carried += product.delta;
            size += product.value.abs();
        }
        let roundings = a.len().saturating_sub(1) as f64;
        Self::with_delta(value, carried + roundings * A::UNIT * size)
    }

    /// Any order of summation: n roundings of the sum of the magnitudes.
    fn sum(terms: &[Self]) -> Self {
        // -0 is what the sum of negative zeros starts from
        let (mut value, mut carried, mut size) = (-0.0, 0.0, 0.0);
        for term in terms {
            value += term.value;
            carried += term.delta;
            size += term.value.abs();
        }
        let roundings = terms.len().saturating_sub(1) as f64;
        Self::with_delta(value, carried + roundings * A::UNIT * size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_and_are_not_absurd() {
        let tenth = Ball::<f64>::exact(0.1);
        let sum = (0..10).fold(Ball::<f64>::exact(0.0), |sum, _| sum + tenth);
        let error = (sum.value - 1.0).abs();
        assert!(
            error > 0.0 && error <= sum.delta && sum.delta < 1e-15,
            "{sum:?}"
        );
        let y = (sum * sum).sin();
        assert!(y.delta > sum.delta && y.delta < 2e-14);
    }

    #[test]
    fn constants_that_binary32_cannot_hold_are_not_exact() {
        assert_eq!(Ball::<f64>::of(0.5).delta, 0.0);
        assert_eq!(Ball::<f32>::of(0.5).delta, 0.0);
        let tenth = Ball::<f64>::of(0.1);
        assert!(tenth.delta > 0.0 && tenth.delta < 1e-16);
        let tenth = Ball::<f32>::of(0.1);
        assert!(tenth.delta >= (f64::from(0.1f32) - 0.1).abs());
    }

    /// A zero that need not be one.
    fn noise<A: Rounding>() -> Ball<A> {
        let noise = Ball::exact(1.0) + Ball::exact(1e-20) - Ball::exact(1.0);
        assert_eq!(noise.value, 0.0);
        noise
    }

    fn powers_have_errors<A: Rounding>() {
        let noise = noise::<A>();
        assert!(noise.delta >= A::UNIT, "{noise:?}");
        for square in [noise.powi(2), noise * noise] {
            assert!(square.delta >= A::UNIT.powi(2), "{square:?}");
        }
        for cube in [noise.powi(3), noise * noise * noise] {
            assert!(cube.delta >= A::UNIT.powi(3), "{cube:?}");
        }
    }

    #[test]
    fn powers_of_noise_have_errors() {
        powers_have_errors::<f64>();
        powers_have_errors::<f32>();
    }

    #[test]
    fn a_negative_base_has_bounds() {
        let exponent =
            Ball::<f64>::exact(3.0) - Ball::<f64>::of(1.0 / 3.0) * Ball::<f64>::exact(3.0);
        let y = Ball::<f64>::exact(-1.5).pow(exponent);
        assert!(
            exponent.delta > 0.0 && y.value == 2.25 && y.delta < 1e-14,
            "{y:?}"
        );
    }

    #[test]
    fn a_dot_product_has_the_bound_of_its_products_summed() {
        let number = |k: i32| Ball::<f64>::of(0.1 * f64::from(k)) * Ball::<f64>::of(0.7);
        for count in [0, 1, 2, 40] {
            let a: Vec<Ball<f64>> = (0..count).map(number).collect();
            let b: Vec<Ball<f64>> = (0..count).map(|k| number(5 - k)).collect();
            let products: Vec<Ball<f64>> = a.iter().zip(&b).map(|(&a, &b)| a * b).collect();
            let (dot, sum) = (Ball::<f64>::dot(&a, &b), Ball::<f64>::sum(&products));
            assert_eq!((dot.value, dot.delta), (sum.value, sum.delta));
        }
    }

    #[test]
    fn a_function_of_an_exact_number_has_the_same_value_without_its_slope() {
        for x in [-2.5, -0.5, 0.0, 0.3, 1.5, 40.0] {
            macro_rules! check {
                ($($name:ident)*) => {$(
                    let (exact, y) = (Ball::<f64>::exact(x).$name(), Dual::variable(x).$name());
                    assert!(exact.value == y.value || y.value.is_nan(), "{} {x}", stringify!($name));
                )*};
            }
            check!(abs sqrt cbrt exp expm1 log log1p sin tan tanh sinc erf erfc erfinv lgamma normal_cdf
                log_normal_cdf sigmoid round);
        }
    }

    #[test]
    fn an_exact_argument_carries_nothing_through_a_pole() {
        assert_eq!(Ball::<f64>::exact(0.0).sqrt().delta, 0.0);
    }
}
