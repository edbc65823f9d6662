//! The modified Bessel functions of the first kind.

use super::constants::PI;
use super::scaled::Scaled;
use super::{Dd, ORDERS};

/// e^x / sqrt(2 pi x) times the sum of (-1)^k (4 n^2 - 1) (4 n^2 - 9) .. (4 n^2 - (2 k - 1)^2) / (k! (8 x)^k), for x > 45
/// and x >= n^2: its terms fall to e^(-2 x) < 1e-39 (M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions"
/// (1964), 9.7.1).
fn by_asymptotic_series(n: f64, x: Dd) -> Dd {
    let (mut term, mut sum, mut k) = (Dd::ONE, Dd::ONE, 1.0);
    while term.hi.abs() > 1e-35 && k < 90.0 {
        let odd = 2.0 * k - 1.0;
        term = term * (odd * odd - 4.0 * n * n) / (8.0 * k) / x;
        sum += term;
        k += 1.0;
    }
    let (exponential, power) = x.exp_parts();
    (exponential * sum / (2.0 * PI * x).square_root()).scale(power)
}

/// (x / 2)^n / n! times the sum of (x / 2)^(2 k) / (k! (n + 1) .. (n + k)), whose terms have one sign.
fn by_series(n: u32, x: Dd) -> Dd {
    let half = x * 0.5;
    let square = half * half;
    let order = f64::from(n);
    let (mut term, mut sum, mut k) = (Scaled::ONE, Scaled::ONE, 1.0);
    while term.is_above(1e-35, &sum) {
        term = term.times(square / (k * (order + k)));
        sum = sum.plus(&term);
        k += 1.0;
    }
    let power = (1..=n).fold(Scaled::ONE, |y, j| y.times(half / f64::from(j)));
    power.times_scaled(&sum).value()
}

impl Dd {
    /// I_n(x), for any integer n of a size up to [`ORDERS`].
    pub(super) fn bessel_of_order(self, n: i32) -> Self {
        let order = n.unsigned_abs();
        if self.is_nan() || order > ORDERS.unsigned_abs() {
            return Self::NAN;
        }
        let x = self.magnitude();
        let n = f64::from(order);
        let value = if x.hi > 2000.0 {
            // beyond f64 for all these orders
            Self::INFINITY
        } else if x.hi > 45.0 && x.hi >= n * n {
            by_asymptotic_series(n, x)
        } else {
            by_series(order, x)
        };
        if order.is_multiple_of(2) {
            value
        } else {
            value.with_sign_of(self)
        }
    }
}
