//! The error function and its complement.

use super::Dd;
use super::constants::{ERFC_WEIGHTS, ONE_OVER_PI, PI, TWO_OVER_SQRT_PI};

/// The step of the trapezoidal rule.
const STEP: f64 = 11.0 / 32.0;

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

/// erfc x for x >= 0.6 by the trapezoidal rule for
///
/// erfc x = x e^(-x^2) / pi times the integral of e^(-t^2) / (t^2 + x^2) over all t,
///
/// whose error e^(-(pi/h)^2) < 1e-36 is small once the residue of the poles at t = +-ix is taken off,
/// 2 / (e^(2 pi x/h) - 1) (C. Chiarella, A. Reichel, "On the evaluation of integrals related to the error function",
/// Math. Comp. 22 (1968)).
fn erfc_by_trapezoids(x: Dd) -> Dd {
    let square = x * x;
    let mut sum = Dd::ZERO;
    for (n, &weight) in ERFC_WEIGHTS.iter().enumerate().skip(1).rev() {
        // Both the step and its multiples squared are exact in f64.
        let node = n as f64 * STEP;
        sum += weight / (square + node * node);
    }
    let integral = (sum + sum + 1.0 / square) * STEP;
    let (gauss, power) = (-square).exp_parts();
    let value = (x * integral * gauss * ONE_OVER_PI).scale(power);
    if x.hi < 9.0 {
        value - 2.0 / ((PI + PI) * x / STEP).exponential_minus_one()
    } else {
        value
    }
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
}
