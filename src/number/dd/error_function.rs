//! The error function, its complement, the repeated integrals of the complement, and the inverse.

use super::constants::{ERFC_WEIGHTS, HALF_SQRT_PI, ONE_OVER_PI, PI, SQRT_HALF, TWO_OVER_SQRT_PI};
use super::scaled::Scaled;
use super::{Dd, ORDERS};

/// The step of the trapezoidal rule.
const STEP: f64 = 11.0 / 32.0;

/// Where the residue of the trapezoidal rule ends: beyond it is below 1e-36 of the value.
const RESIDUE_ENDS: f64 = 9.0;

/// erf x for |x| < 0.6: 2/sqrt(pi) e^(-x^2) sum 2^n x^(2 n + 1) / (2 n + 1)!!, whose terms have one sign (Abramowitz
/// and Stegun, 7.1.6).
fn erf_by_series(x: Dd) -> Dd {
    let square = x * x;
    let twice = square + square;
    let (mut term, mut sum) = (Dd::ONE, Dd::ONE);
    let mut odd = 1.0;
    while term.hi > 1e-33 {
        odd += 2.0;
        term = term * twice / odd;
        sum += term;
    }
    x * ((-square).exponential() * sum * TWO_OVER_SQRT_PI)
}

/// e^(x^2) erfc x for x >= 0.6 by the trapezoidal rule for
///
/// erfc x = x e^(-x^2) / pi times the integral of e^(-t^2) / (t^2 + x^2) over all t,
///
/// whose error e^(-(pi/h)^2) < 1e-36 is small once the residue of the poles at t = +-ix is taken off from erfc x (C.
/// Chiarella, A. Reichel, "On the evaluation of integrals related to the error function", Math. Comp. 22 (1968)).
fn erfcx_by_trapezoids(x: Dd) -> Dd {
    let square = x * x;
    let mut sum = Dd::ZERO;
    for (n, &weight) in ERFC_WEIGHTS.iter().enumerate().skip(1).rev() {
        // Both the step and its multiples squared are exact in f64.
        let node = n as f64 * STEP;
        sum += weight / (square + node * node);
    }
    let integral = (sum + sum + 1.0 / square) * STEP;
    x * integral * ONE_OVER_PI
}

/// The residue that the trapezoidal rule for erfc x leaves: 2 / (e^(2 pi x/h) - 1).
fn residue(x: Dd) -> Dd {
    2.0 / ((PI + PI) * x / STEP).exponential_minus_one()
}

/// erfc x for x >= 0.6.
fn erfc_by_trapezoids(x: Dd) -> Dd {
    let (gauss, power) = (-(x * x)).exp_parts();
    let value = (erfcx_by_trapezoids(x) * gauss).scale(power);
    if x.hi < RESIDUE_ENDS {
        value - residue(x)
    } else {
        value
    }
}

/// e^(x^2) erfc x for x >= 0.
fn erfcx_of_positive(x: Dd) -> Dd {
    if x.hi < 0.6 {
        (x * x).exponential() * x.complementary_error_function()
    } else if x.hi < RESIDUE_ENDS {
        erfcx_by_trapezoids(x) - residue(x) * (x * x).exponential()
    } else if x.hi < 1e17 {
        erfcx_by_trapezoids(x)
    } else {
        // the next term of the asymptotic series is 1 / (2 x^2) of this one
        TWO_OVER_SQRT_PI * 0.5 / x
    }
}

/// E_n(x) = e^(x^2) i^n erfc x for n >= 1 and x >= 0, where E_(k-2) = 2 x E_(k-1) + 2 k E_k and E_(-1) = 2 / sqrt(pi).
///
/// E_n is the solution that shrinks, beside one that grows: with r = x + sqrt(x^2 + 2 k), step k takes the one by 1 / r and
/// the other by -r / (2 k). Upwards the product of r^2 / (2 k) over k = 1..n, at most e^(2 x sqrt(2 n)), is lost, which is
/// borne as far as 3e3. Otherwise the ratios E_k / E_(k-1) are computed downwards from where the product over k > n has
/// taken any start's error away (W. Gautschi, "Recursive computation of the repeated integrals of the error function",
/// Math. Comp. 15 (1961)).
fn integral_of_positive(n: i32, x: Dd) -> Dd {
    let root = (2.0 * f64::from(n)).sqrt();
    let twice = x + x;
    if 2.0 * x.hi * root < 8.0 {
        let start = (TWO_OVER_SQRT_PI, erfcx_of_positive(x));
        let step = |(a, b): (Dd, Dd), k: i32| (b, (a - twice * b) / (2.0 * f64::from(k)));
        return (1..=n).fold(start, step).1;
    }
    let growth = |k: i32| x.hi + (x.hi * x.hi + 2.0 * f64::from(k)).sqrt();
    let (mut last, mut gain) = (n, 1.0);
    while gain < 1e33 {
        last += 1;
        gain *= growth(last) * (growth(last) / (2.0 * f64::from(last)));
    }
    let (mut ratio, mut product) = (Dd::from(1.0 / growth(last)), TWO_OVER_SQRT_PI);
    for k in (0..last).rev() {
        ratio = 1.0 / (twice + ratio * (2.0 * f64::from(k + 1)));
        if k <= n {
            product *= ratio;
        }
    }
    product
}

/// E_n(x) for n >= 0 and x < 0, upwards from i^(-1) erfc x and erfc x, where no term is negative.
fn integral_of_negative(n: i32, x: Dd) -> Dd {
    if x.hi < -60.0 {
        // beyond f64 for all orders: e^3600 60^1000 / 1000!
        return Dd::INFINITY;
    }
    let (half, power) = (x * x * 0.5).exp_parts();
    let gauss = (-(x * x)).exponential();
    let start = [TWO_OVER_SQRT_PI * gauss, x.complementary_error_function()];
    let mut pair = start.map(|y| Scaled::new(y, 0));
    for k in 1..=n {
        let twice = 2.0 * f64::from(k);
        let next = pair[0]
            .times(Dd::ONE / twice)
            .plus(&pair[1].times(x * -2.0 / twice));
        pair = [pair[1], next];
    }
    pair[1]
        .times_scaled(&Scaled::new(half * half, 2 * power))
        .value()
}

/// The inverse error function to two digits (S. Winitzki, "A handy approximation for the error function and its inverse"
/// (2008)), for 0.1 < x < 1, from log(1 - x^2).
fn rough_inverse(log: f64) -> f64 {
    const A: f64 = 0.147;
    let middle = 2.0 / (std::f64::consts::PI * A) + log / 2.0;
    ((middle * middle - log / A).sqrt() - middle).sqrt()
}

impl Dd {
    /// erf x.
    pub(super) fn error_function(self) -> Self {
        let a = self.magnitude();
        if a.hi < 0.6 {
            return erf_by_series(self);
        }
        if self.is_nan() {
            return self;
        }
        let value = if a.hi < 9.0 {
            1.0 - erfc_by_trapezoids(a)
        } else {
            Self::ONE
        };
        value.with_sign_of(self)
    }

    /// erfc x.
    pub(super) fn complementary_error_function(self) -> Self {
        if self.is_nan() {
            self
        } else if self.hi < 0.6 {
            1.0 - self.error_function()
        } else if self.hi < 27.5 {
            erfc_by_trapezoids(self)
        } else {
            Self::ZERO
        }
    }

    /// E_n(x) = e^(x^2) i^n erfc x.
    pub(super) fn scaled_integral_of_erfc(self, n: i32) -> Self {
        if self.is_nan() || !(0..=ORDERS).contains(&n) {
            Self::NAN
        } else if self.hi < 0.0 {
            integral_of_negative(n, self)
        } else if self.hi.is_infinite() {
            Self::ZERO
        } else if n == 0 {
            erfcx_of_positive(self)
        } else {
            integral_of_positive(n, self)
        }
    }

    /// The inverse of erf, by Halley's steps y - u / (1 + y u) with u = (erf(y) - x) sqrt(pi) / 2 e^(y^2): two in `f64`
    /// from two digits, one in full. Beyond 1/2 the difference is that of the complements, of which 1 - x is exact.
    pub(super) fn inverse_error_function(self) -> Self {
        let x = self.magnitude();
        if self.is_nan() || x > Self::ONE {
            return Self::NAN;
        }
        if x == Self::ONE {
            return Self::INFINITY.with_sign_of(self);
        }
        if x.hi < 1e-17 {
            return self * HALF_SQRT_PI;
        }
        let complement = 1.0 - x;
        let mut y = if x.hi < 0.1 {
            HALF_SQRT_PI.hi * x.hi * (1.0 + x.hi * x.hi * (std::f64::consts::PI / 12.0))
        } else {
            rough_inverse((complement * (1.0 + x)).logarithm().hi)
        };
        for _ in 0..2 {
            let difference = if x.hi < 0.5 {
                libm::erf(y) - x.hi
            } else {
                complement.hi - libm::erfc(y)
            };
            let u = difference * HALF_SQRT_PI.hi * (y * y).exp();
            y -= u / (1.0 + y * u);
        }
        let y = Self::from(y);
        let difference = if x.hi < 0.5 {
            y.error_function() - x
        } else {
            complement - y.complementary_error_function()
        };
        let u = difference * HALF_SQRT_PI * (y * y).exponential();
        (y - u / (1.0 + y * u)).with_sign_of(self)
    }

    /// The standard normal distribution function, erfc(-x / sqrt 2) / 2.
    pub(super) fn normal_distribution(self) -> Self {
        (-self * SQRT_HALF).complementary_error_function() * 0.5
    }

    /// The logarithm of the standard normal distribution function; on the left, where that vanishes, by log(E_0(t) / 2) -
    /// t^2 with t = -x / sqrt 2.
    pub(super) fn log_of_normal_distribution(self) -> Self {
        if self.hi < -1.0 {
            let scaled = (-self * SQRT_HALF).scaled_integral_of_erfc(0);
            (scaled * 0.5).logarithm() - self * self * 0.5
        } else {
            let complement = (self * SQRT_HALF).complementary_error_function() * 0.5;
            (-complement).logarithm_of_one_plus()
        }
    }
}
