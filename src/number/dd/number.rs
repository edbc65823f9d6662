//! The number traits.

use super::Dd;
use super::arithmetic::{two_product, two_sum};
use super::product;
use crate::number::{Number, Real};
use num_traits::{One, Zero};

/// Methods of `Number` under the names that the functions have here.
macro_rules! forward {
    ($($name:ident: $inner:ident,)*) => {$(
        fn $name(self) -> Self {
            self.$inner()
        }
    )*};
}

/// 1 or 0.
fn indicator(condition: bool) -> Dd {
    if condition { Dd::ONE } else { Dd::ZERO }
}

impl Number for Dd {
    fn of(x: f64) -> Self {
        x.into()
    }

    fn gt(self, other: Self) -> Self {
        indicator(self > other)
    }

    fn ge(self, other: Self) -> Self {
        indicator(self >= other)
    }

    fn equals(self, other: Self) -> Self {
        indicator(self == other)
    }

    fn select(self, yes: Self, no: Self) -> Self {
        if self.hi != 0.0 { yes } else { no }
    }

    fn strong_mul(self, other: Self) -> Self {
        if self.hi == 0.0 {
            Self::ZERO
        } else {
            self * other
        }
    }

    fn powi(self, n: i32) -> Self {
        self.integer_power(n)
    }

    fn polygamma(self, n: i32) -> Self {
        self.polygamma_of_order(n)
    }

    fn ierfcx(self, n: i32) -> Self {
        self.scaled_integral_of_erfc(n)
    }

    fn bessel_i(self, n: i32) -> Self {
        self.bessel_of_order(n)
    }

    fn sign(self) -> Self {
        if self.is_nan() {
            self
        } else {
            indicator(self.hi > 0.0) - indicator(self.hi < 0.0)
        }
    }

    forward! {
        abs: magnitude, sqrt: square_root, cbrt: cube_root,
        exp: exponential, exp2: exponential2, exp10: exponential10, expm1: exponential_minus_one,
        log: logarithm, log2: logarithm2, log10: logarithm10, log1p: logarithm_of_one_plus,
        sin: sine, cos: cosine, tan: tangent, asin: arc_sine, acos: arc_cosine, atan: arc_tangent,
        sinh: hyperbolic_sine, cosh: hyperbolic_cosine, tanh: hyperbolic_tangent,
        asinh: inverse_hyperbolic_sine, acosh: inverse_hyperbolic_cosine, atanh: inverse_hyperbolic_tangent,
        sinc: cardinal_sine, erf: error_function, erfc: complementary_error_function,
        erfinv: inverse_error_function, normal_cdf: normal_distribution, log_normal_cdf: log_of_normal_distribution,
        lgamma: log_gamma,
        floor: round_down, ceil: round_up, round: round_to_even, trunc: truncated,
    }

    fn pow(self, y: Self) -> Self {
        self.power(y)
    }

    fn atan2(self, other: Self) -> Self {
        self.angle(other)
    }

    fn hypot(self, other: Self) -> Self {
        self.hypotenuse(other)
    }

    fn max(self, other: Self) -> Self {
        if self.is_nan() || self > other || (self == other && other.is_sign_negative()) {
            self
        } else {
            other
        }
    }

    fn min(self, other: Self) -> Self {
        if self.is_nan() || self < other || (self == other && self.is_sign_negative()) {
            self
        } else {
            other
        }
    }

    fn copysign(self, other: Self) -> Self {
        self.with_sign_of(other)
    }

    fn fmod(self, other: Self) -> Self {
        self.truncated_remainder(other)
    }

    fn remainder(self, other: Self) -> Self {
        self.floored_remainder(other)
    }

    /// The product is expanded to three parts before the sum, so that cancellation leaves most of the digits.
    fn fma(self, b: Self, c: Self) -> Self {
        let product = self * b;
        if !(product.is_finite() && c.is_finite()) {
            return fma_beyond(self, b, c);
        }
        let sum = product + c;
        let rest = product_rest(self, b, product);
        // Adding a zero would lose the sign of a negative one.
        if rest.is_finite() && rest != 0.0 {
            sum + rest
        } else {
            sum
        }
    }
}

/// `a b + c` where the product or `c` is infinite or NaN; a product that merely overflowed may meet its opposite.
#[cold]
fn fma_beyond(a: Dd, b: Dd, c: Dd) -> Dd {
    const STEP: i32 = 60;
    if !(a.is_finite() && b.is_finite()) {
        return a * b + c;
    }
    if !c.is_finite() {
        return c;
    }
    let (large, small) = if a.hi.abs() > b.hi.abs() {
        (a, b)
    } else {
        (b, a)
    };
    let large = large.scale(-STEP);
    let product = large * small;
    if product.is_finite() {
        large.fma(small, c.scale(-STEP)).scale(STEP)
    } else {
        product
    }
}

/// What rounding `product = a * b` lost, nearly.
fn product_rest(a: Dd, b: Dd, product: Dd) -> f64 {
    let (high, error) = two_product(a.hi, b.hi);
    let (first, first_error) = two_product(a.hi, b.lo);
    let (second, second_error) = two_product(a.lo, b.hi);
    let (cross, cross_error) = two_sum(first, second);
    let (low, low_error) = two_sum(error, cross);
    let small = a.lo * b.lo + first_error + second_error + cross_error + low_error;
    // Both differences are at most a unit of the high part, and their sum is far smaller and exact.
    let (difference, difference_error) = two_sum(low, -product.lo);
    ((high - product.hi) + difference) + (difference_error + small)
}

impl Real for Dd {
    fn to_f64(self) -> f64 {
        self.hi
    }

    fn detach(self) -> Self {
        self
    }

    fn sum(terms: &[Self]) -> Self {
        product::sum(terms)
    }

    fn dot(a: &[Self], b: &[Self]) -> Self {
        product::dot(a, b)
    }

    fn gemm(
        shape: [usize; 3],
        a: (&[Self], [isize; 2]),
        b: (&[Self], [isize; 2]),
        c: &mut [Self],
    ) -> bool {
        product::gemm(shape, a, b, c)
    }
}

impl Zero for Dd {
    fn zero() -> Self {
        Self::ZERO
    }

    fn is_zero(&self) -> bool {
        self.hi == 0.0
    }
}

impl One for Dd {
    fn one() -> Self {
        Self::ONE
    }
}
