//! The logarithm of the gamma function and its derivatives.
//!
//! A. and S. is M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964).

use super::constants::{
    BERNOULLI, DIGAMMA_ROOT, DIGAMMA_TAYLOR, HALF_LN_2PI, ONE_MINUS_EULER, ZETA,
};
use super::{Dd, ORDERS};

/// From here on the asymptotic series are used: their terms fall to e^(-2 pi x) < 1e-68.
const FAR: f64 = 25.0;

/// The sum over k >= 1 of B_2k / (2 k)! times a factor that is `first` at k = 1 and grows by (n + 2 k) (n + 2 k + 1) / x^2:
/// what the asymptotic series of the n-th derivative have beyond their leading terms (A. and S., 6.1.41, 6.3.18 and
/// 6.4.11), where n is -1 for the logarithm itself and 0 for the digamma function.
fn asymptotic_sum(first: Dd, n: f64, x: Dd) -> Dd {
    let inverse_square = 1.0 / (x * x);
    let (mut factor, mut sum, mut at) = (first, Dd::ZERO, n);
    for &b in &BERNOULLI {
        let term = factor * b;
        sum += term;
        if term.hi.abs() < 1e-35 {
            break;
        }
        at += 2.0;
        factor = factor * (at * (at + 1.0)) * inverse_square;
    }
    sum
}

/// log Gamma(2 + z) for |z| <= 1/2: (1 - gamma) z + the sum of (-1)^k (zeta(k) - 1) z^k / k over k >= 2 (A. and S.,
/// 6.1.33), whose terms fall like 4^-k.
fn lgamma_of_two_plus(z: Dd) -> Dd {
    let tail = ZETA.iter().rev().fold(Dd::ZERO, |sum, &c| c - sum * z);
    z * (ONE_MINUS_EULER + z * tail)
}

/// log Gamma(x) for x > 0.
fn lgamma_of_positive(x: Dd) -> Dd {
    if x.hi < 0.5 {
        lgamma_of_two_plus(x) - x.logarithm_of_one_plus() - x.logarithm()
    } else if x.hi < 1.5 {
        let z = x - 1.0;
        lgamma_of_two_plus(z) - z.logarithm_of_one_plus()
    } else if x.hi < FAR {
        let (mut rest, mut product) = (x, Dd::ONE);
        while rest.hi >= 2.5 {
            rest -= 1.0;
            product *= rest;
        }
        lgamma_of_two_plus(rest - 2.0) + product.logarithm()
    } else {
        let log = x.logarithm();
        let sum = asymptotic_sum(1.0 / x, -1.0, x);
        x * (log - 1.0) + (HALF_LN_2PI - log * 0.5 + sum)
    }
}

/// The digamma function for x > 0: by its Taylor series around its zero, else shifted up.
fn digamma_of_positive(x: Dd) -> Dd {
    let beyond_root = (x - DIGAMMA_ROOT.0) - DIGAMMA_ROOT.1;
    if beyond_root.hi.abs() < 0.05 {
        let series = DIGAMMA_TAYLOR.iter().rev();
        return beyond_root * series.fold(Dd::ZERO, |sum, &c| sum * beyond_root + c);
    }
    let (mut far, mut sum) = (x, Dd::ZERO);
    while far.hi < FAR {
        sum += 1.0 / far;
        far += 1.0;
    }
    let tail = asymptotic_sum(1.0 / (far * far), 0.0, far);
    far.logarithm() - 0.5 / far - tail - sum
}

/// |psi_n(x)| for n >= 1 and x > 0: n! times the sum of (x + k)^-(n + 1) over k >= 0, the first terms one by one.
fn polygamma_of_positive(n: i32, x: Dd) -> Dd {
    let order = f64::from(n);
    let (mut far, mut sum) = (x, Dd::ZERO);
    let mut negligible = false;
    while far.hi < FAR + order && !negligible {
        let term = (x / far).integer_power(n + 1);
        sum += term;
        negligible = term.hi < 1e-36 * sum.hi;
        far += 1.0;
    }
    let near = if sum.hi == 0.0 {
        Dd::ZERO
    } else {
        (1..=n).fold(1.0 / x, |y, j| y * (f64::from(j) / x)) * sum
    };
    if negligible {
        return near;
    }
    let first = order * (order + 1.0) / (far * far);
    let series = 0.5 * order / far + asymptotic_sum(first, order, far) + 1.0;
    near + (1..n).fold(1.0 / far, |y, j| y * (f64::from(j) / far)) * series
}

impl Dd {
    /// Whether the gamma function has a pole here: at 0, -1, -2, ..
    fn is_pole_of_gamma(self) -> bool {
        self.hi <= 0.0 && self.is_integer()
    }

    /// log |Gamma(x)|; for negative x by Gamma(x) Gamma(1 - x) = pi / sin(pi x).
    pub(super) fn log_gamma(self) -> Self {
        if self.is_nan() {
            self
        } else if self.hi.is_infinite() || self.is_pole_of_gamma() {
            Self::INFINITY
        } else if self.hi > 0.0 {
            lgamma_of_positive(self)
        } else {
            let sine_over_pi = self * self.cardinal_sine();
            -sine_over_pi.magnitude().logarithm() - lgamma_of_positive(1.0 - self)
        }
    }

    /// The derivative of order n of the digamma function. At 0 it is infinite, for an even n with the sign of -x; at the
    /// other poles infinite for an odd n, NaN for an even one.
    ///
    /// For negative x by the reflection psi_n(x) = (-1)^n (psi_n(1 - x) - psi_n(1 - f)) + psi_n(f), where f is the
    /// fractional part of x.
    pub(super) fn polygamma_of_order(self, n: i32) -> Self {
        let is_odd = n % 2 != 0;
        if self.is_nan() || !(0..=ORDERS).contains(&n) || self.hi == f64::NEG_INFINITY {
            return Self::NAN;
        }
        if self.is_pole_of_gamma() {
            return match (is_odd, self.hi == 0.0) {
                (true, _) => Self::INFINITY,
                (false, true) => Self::INFINITY.with_sign_of(-self),
                (false, false) => Self::NAN,
            };
        }
        let positive = |x: Self| match n {
            0 => digamma_of_positive(x),
            _ if is_odd => polygamma_of_positive(n, x),
            _ => -polygamma_of_positive(n, x),
        };
        if self.hi > 0.0 {
            return positive(self);
        }
        // of the distances to the neighbouring poles the shorter one must be exact
        let rest = self - self.round_to_even();
        let (above, below) = if rest.hi < 0.0 {
            (1.0 + rest, -rest)
        } else {
            (rest, 1.0 - rest)
        };
        // in the middle between two poles their parts cancel for an even n, and the rest may be far smaller
        if is_odd {
            positive(above) + positive(below) - positive(1.0 - self)
        } else {
            positive(above) - positive(below) + positive(1.0 - self)
        }
    }
}
