//! `f64` and `f32` as numbers.
//!
//! Each function is within 2 units in the last place; `tests/numbers.rs` measures it. The functions of `f32` are those
//! of `f64`, rounded.

use super::{Dd, Number, Real, gemm};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// What [`PI`] lacks of pi.
const PI_LOW: f64 = 1.224_646_799_147_353_2e-16;

/// sin(pi x) / (pi x): by its series near 0, elsewhere reduced by the nearest integer before pi comes in.
fn sinc(x: f64) -> f64 {
    if x.abs() < 0.2 {
        /// 1 / ((2 n) (2 n + 1)): what each term of the series is to the one before, up to the sign and the square.
        const RATIOS: [f64; 9] = {
            let mut ratios = [0.0; 9];
            let mut n = 0;
            while n < ratios.len() {
                ratios[n] = 1.0 / ((2 * n + 2) * (2 * n + 3)) as f64;
                n += 1;
            }
            ratios
        };
        let square = (PI * x) * (PI * x);
        return RATIOS
            .iter()
            .rev()
            .fold(1.0, |sum, ratio| 1.0 - square * ratio * sum);
    }
    if x.is_infinite() {
        return 0.0;
    }
    let nearest = x.round_ties_even();
    let rest = (x - nearest).abs();
    if rest == 0.0 {
        return 0.0;
    }
    // Both products with pi are sums of two numbers, and the quotient is rounded after all corrections: one rounding
    // here and there would add up to more than two units.
    let times_pi = |x: f64| {
        let high = x * PI;
        (high, x.mul_add(PI, -high) + x * PI_LOW)
    };
    let (sin, sin_low) = if rest <= 0.25 {
        let (angle, low) = times_pi(rest);
        (angle.sin(), angle.cos() * low)
    } else {
        let (angle, low) = times_pi(0.5 - rest);
        (angle.cos(), -angle.sin() * low)
    };
    let (angle, low) = times_pi(x);
    let quotient = sin / angle;
    let lacking = (-quotient).mul_add(angle, sin) + (sin_low - quotient * low);
    let value = quotient + lacking / angle;
    let negative = (x < nearest) != (nearest % 2.0 != 0.0);
    if negative { -value } else { value }
}

/// A trigonometric function of `f64`, taken from double-double numbers where the argument is so large that system
/// libraries lose units in reducing it.
fn reduced(x: f64, function: fn(f64) -> f64, exact: fn(Dd) -> Dd) -> f64 {
    const LARGE: f64 = 1e8;
    if x.abs() < LARGE {
        function(x)
    } else {
        exact(x.into()).to_f64()
    }
}

/// tanh x: for |x| < 0.55 by the Pade approximant of orders 9 and 8, whose error is below 1e-19, as x less a part of it
/// that is so small that its roundings hardly count; else 1 - 2 / (e^(2 |x|) + 1), of which the same holds.
fn tanh(x: f64) -> f64 {
    if x.abs() < 0.55 {
        let w = x * x;
        let numerator = w * (11_486_475.0 + w * (810_810.0 + w * (12_870.0 + w * 44.0)));
        let denominator =
            34_459_425.0 + w * (16_216_200.0 + w * (945_945.0 + w * (13_860.0 + w * 45.0)));
        (x - x * (numerator / denominator)).copysign(x)
    } else {
        (1.0 - 2.0 / ((2.0 * x.abs()).exp() + 1.0)).copysign(x)
    }
}

/// The step of the trapezoidal rule for erfc.
const STEP: f64 = 15.0 / 32.0;

/// e^(-(n h)^2) for n = 1..=14, where h is the step.
const WEIGHTS: [f64; 14] = [
    0.8027382667004205,
    0.4152368286818413,
    0.13840943550614293,
    0.02972921638615875,
    0.0041148040580482066,
    0.0003669972327972938,
    2.109232004813447e-05,
    7.811489408304491e-07,
    1.8641947332834803e-08,
    2.866794996873118e-10,
    2.84086065394846e-12,
    1.814057958631673e-14,
    7.464493049712254e-17,
    1.9792352186549065e-19,
];

/// erfc x, between 1/2 and underflow by the trapezoidal rule that [`Dd`] uses, with a wider step.
///
/// Everything but the weights is in double-double numbers: in `f64` the errors of terms, e^(-x^2) and products add up to
/// more than two units.
fn erfc(x: f64) -> f64 {
    if (0.5..27.5).contains(&x) {
        erfc_by_trapezoids(x.into(), Dd::from_product(x, x)).to_f64()
    } else {
        libm::erfc(x)
    }
}

/// The standard normal distribution function, erfc(-x / sqrt 2) / 2: on the left the square x^2 / 2 must not be that of a
/// rounded quotient.
fn normal_cdf(x: f64) -> f64 {
    /// What [`FRAC_1_SQRT_2`] lacks of 1 / sqrt 2.
    const LOW: f64 = -4.833_646_656_726_457e-17;
    let t = -x * FRAC_1_SQRT_2;
    if (0.5..27.5).contains(&t) {
        let t = Dd::from_sum(FRAC_1_SQRT_2, LOW) * -x;
        (erfc_by_trapezoids(t, Dd::from_product(x, x) * 0.5) * 0.5).to_f64()
    } else {
        0.5 * libm::erfc(t)
    }
}

/// erfc x by the trapezoidal rule, from x and x^2.
fn erfc_by_trapezoids(x: Dd, square: Dd) -> Dd {
    let terms = WEIGHTS.iter().enumerate().rev();
    let sum = terms.fold(Dd::ZERO, |sum, (n, &weight)| {
        let node = (n + 1) as f64 * STEP;
        sum + weight / (square + node * node)
    });
    let integral = (1.0 / square + 2.0 * sum) * (Dd::of(STEP) / Dd::PI);
    let value = (-square).exp() * (integral * x);
    // The residue of the integrand's poles, for x below pi / STEP.
    let residue = if x.hi() < 6.7 {
        2.0 / (x.hi() * (2.0 * PI / STEP)).exp_m1()
    } else {
        0.0
    };
    value - residue
}

/// The remainder of Python's `%`: the sign of `y`, also of a zero.
fn remainder(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0f64.copysign(y)
    } else if (rest < 0.0) != (y < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// x^n: products for the few powers that formulas are full of, else `pow`, which is within one unit for every n.
fn powi(x: f64, n: i32) -> f64 {
    match n {
        -1 => 1.0 / x,
        0 => 1.0,
        1 => x,
        2 => x * x,
        3 => x * x * x,
        _ => x.powf(f64::from(n)),
    }
}

/// What is the same text for both types.
macro_rules! common {
    ($float:ty) => {
        fn gt(self, other: Self) -> Self {
            if self > other { 1.0 } else { 0.0 }
        }

        fn ge(self, other: Self) -> Self {
            if self >= other { 1.0 } else { 0.0 }
        }

        fn equals(self, other: Self) -> Self {
            if self == other { 1.0 } else { 0.0 }
        }

        fn select(self, yes: Self, no: Self) -> Self {
            if self != 0.0 { yes } else { no }
        }

        fn strong_mul(self, other: Self) -> Self {
            if self == 0.0 { 0.0 } else { self * other }
        }

        fn abs(self) -> Self {
            <$float>::abs(self)
        }

        fn sign(self) -> Self {
            if self > 0.0 {
                1.0
            } else if self < 0.0 {
                -1.0
            } else if self == 0.0 {
                0.0
            } else {
                self
            }
        }

        fn sqrt(self) -> Self {
            <$float>::sqrt(self)
        }

        fn floor(self) -> Self {
            <$float>::floor(self)
        }

        fn ceil(self) -> Self {
            <$float>::ceil(self)
        }

        fn round(self) -> Self {
            self.round_ties_even()
        }

        fn trunc(self) -> Self {
            <$float>::trunc(self)
        }

        fn max(self, other: Self) -> Self {
            let first =
                self.is_nan() || self > other || (self == other && other.is_sign_negative());
            if first { self } else { other }
        }

        fn min(self, other: Self) -> Self {
            let first = self.is_nan() || self < other || (self == other && self.is_sign_negative());
            if first { self } else { other }
        }

        fn copysign(self, other: Self) -> Self {
            <$float>::copysign(self, other)
        }

        fn fmod(self, other: Self) -> Self {
            self % other
        }

        fn fma(self, b: Self, c: Self) -> Self {
            self.mul_add(b, c)
        }
    };
}

/// Functions of `f64`, by the name of the function that computes them.
macro_rules! double_functions {
    ($($name:ident: $function:path,)*) => {$(
        fn $name(self) -> Self {
            $function(self)
        }
    )*};
}

/// Functions of `f64`: those of [`Dd`], rounded.
macro_rules! rounded_functions {
    ($($name:ident($($n:ident)?),)*) => {$(
        fn $name(self $(, $n: i32)?) -> Self {
            Dd::of(self).$name($($n)?).to_f64()
        }
    )*};
}

impl Number for f64 {
    common!(f64);

    fn of(x: f64) -> Self {
        x
    }

    fn powi(self, n: i32) -> Self {
        powi(self, n)
    }

    double_functions! {
        cbrt: f64::cbrt, exp: f64::exp, exp2: f64::exp2, expm1: f64::exp_m1,
        log: f64::ln, log2: f64::log2, log10: f64::log10, log1p: f64::ln_1p,
        asin: f64::asin, acos: f64::acos, atan: f64::atan,
        sinh: f64::sinh, cosh: f64::cosh, tanh: tanh, asinh: libm::asinh, atanh: libm::atanh,
        sinc: sinc, erf: libm::erf, erfc: erfc, normal_cdf: normal_cdf,
    }

    rounded_functions! {
        erfinv(), lgamma(), log_normal_cdf(), polygamma(n), ierfcx(n), bessel_i(n),
    }

    fn sin(self) -> Self {
        reduced(self, f64::sin, Dd::sin)
    }

    fn cos(self) -> Self {
        reduced(self, f64::cos, Dd::cos)
    }

    fn tan(self) -> Self {
        reduced(self, f64::tan, Dd::tan)
    }

    fn acosh(self) -> Self {
        // The root and the logarithm near 1 lose more than two units in f64.
        Dd::of(self).acosh().to_f64()
    }

    fn exp10(self) -> Self {
        10f64.powf(self)
    }

    fn pow(self, y: Self) -> Self {
        self.powf(y)
    }

    fn atan2(self, other: Self) -> Self {
        f64::atan2(self, other)
    }

    fn hypot(self, other: Self) -> Self {
        f64::hypot(self, other)
    }

    fn remainder(self, other: Self) -> Self {
        remainder(self, other)
    }
}

/// Functions of `f32`: those of `f64`, rounded.
macro_rules! single_functions {
    ($($name:ident($($argument:ident),*),)*) => {$(
        fn $name(self, $($argument: Self),*) -> Self {
            Number::$name(f64::from(self), $(f64::from($argument)),*) as f32
        }
    )*};
}

impl Number for f32 {
    common!(f32);

    fn of(x: f64) -> Self {
        x as f32
    }

    fn powi(self, n: i32) -> Self {
        powi(f64::from(self), n) as f32
    }

    // These two need none of the care that f64 takes of its own last place.

    fn acosh(self) -> Self {
        libm::acosh(f64::from(self)) as f32
    }

    fn erfc(self) -> Self {
        libm::erfc(f64::from(self)) as f32
    }

    fn polygamma(self, n: i32) -> Self {
        f64::from(self).polygamma(n) as f32
    }

    fn ierfcx(self, n: i32) -> Self {
        f64::from(self).ierfcx(n) as f32
    }

    fn bessel_i(self, n: i32) -> Self {
        f64::from(self).bessel_i(n) as f32
    }

    single_functions! {
        cbrt(), exp(), exp2(), exp10(), expm1(), log(), log2(), log10(), log1p(), sin(), cos(), tan(), asin(), acos(),
        atan(), sinh(), cosh(), tanh(), asinh(), atanh(), sinc(), erf(), erfinv(), lgamma(), normal_cdf(), log_normal_cdf(), pow(y), atan2(x), hypot(y),
        remainder(y),
    }
}

/// Inner products of at most this many elements use a few running sums, longer ones are split in halves.
const BLOCK: usize = 64;

/// An inner product in `f64`, pairwise over blocks.
fn dot<T: Copy + Into<f64>>(a: &[T], b: &[T]) -> f64 {
    if a.len() > BLOCK {
        let middle = a.len() / 2;
        let ((a_left, a_right), (b_left, b_right)) = (a.split_at(middle), b.split_at(middle));
        return dot(a_left, b_left) + dot(a_right, b_right);
    }
    let mut sums = [0.0; 4];
    let (a_chunks, b_chunks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let rest: f64 = rest.map(|(&a, &b)| a.into() * b.into()).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a.into() * b.into();
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

impl Real for f64 {
    fn to_f64(self) -> f64 {
        self
    }

    fn detach(self) -> Self {
        self
    }

    fn dot(a: &[Self], b: &[Self]) -> Self {
        assert_eq!(
            a.len(),
            b.len(),
            "inner product of slices of different lengths"
        );
        dot(a, b)
    }

    fn gemm(
        shape: [usize; 3],
        a: (&[Self], [isize; 2]),
        b: (&[Self], [isize; 2]),
        c: &mut [Self],
    ) -> bool {
        gemm::double(shape, a, b, c)
    }
}

impl Real for f32 {
    fn to_f64(self) -> f64 {
        self.into()
    }

    fn detach(self) -> Self {
        self
    }

    /// Summed in `f64`, in which the products are exact.
    fn dot(a: &[Self], b: &[Self]) -> Self {
        assert_eq!(
            a.len(),
            b.len(),
            "inner product of slices of different lengths"
        );
        dot(a, b) as f32
    }

    fn gemm(
        shape: [usize; 3],
        a: (&[Self], [isize; 2]),
        b: (&[Self], [isize; 2]),
        c: &mut [Self],
    ) -> bool {
        gemm::single(shape, a, b, c)
    }
}
