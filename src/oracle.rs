//! Finite differences, each with the error it may carry.
//!
//! An oracle knows nothing of operations, rules or tapes: it is given a function and asks it for values. Two things set
//! ours apart from the classical check. Functions are evaluated in double-double arithmetic, so a fourth-order stencil
//! with a step of 1e-6 is right to some twenty digits and there is no tolerance to tune. And an answer is an
//! [`Estimate`]: never a number without its error.

pub(crate) mod ladder;
mod noise;

pub use ladder::{Claim, Ladder, expected_error};

use crate::number::{Dd, Real};
use approx::{AbsDiffEq, RelativeEq};

/// A number and a bound on its error. What was computed in double-double arithmetic has a number of that kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate<T = f64> {
    /// The number.
    pub value: T,
    /// How far it may be from the truth; infinite if nothing is known.
    pub error: f64,
}

impl Estimate {
    /// Nothing is known.
    pub const UNKNOWN: Estimate = Estimate {
        value: f64::NAN,
        error: f64::INFINITY,
    };

    /// The same number, in double-double arithmetic.
    pub fn widened(self) -> Estimate<Dd> {
        Estimate {
            value: self.value.into(),
            error: self.error,
        }
    }
}

impl Estimate<Dd> {
    /// The number that is next to it in binary64, which is another half a unit off in its last place.
    pub fn rounded(self) -> Estimate {
        Estimate {
            value: self.value.to_f64(),
            error: self.error,
        }
    }
}

impl PartialEq<f64> for Estimate {
    fn eq(&self, other: &f64) -> bool {
        self.value == *other
    }
}

/// Within `epsilon` and the estimate's own error.
///
/// ```
/// let d = secant::oracle::derivative(|x| x.sin(), 1.0);
/// approx::assert_abs_diff_eq!(d, 1f64.cos(), epsilon = 1e-12);
/// ```
impl AbsDiffEq<f64> for Estimate {
    type Epsilon = f64;
    fn default_epsilon() -> f64 {
        f64::EPSILON
    }
    fn abs_diff_eq(&self, other: &f64, epsilon: f64) -> bool {
        (self.value - other).abs() <= epsilon + self.error
    }
}

/// Within `max_relative` of the larger, or `epsilon`, and the estimate's own error.
impl RelativeEq<f64> for Estimate {
    fn default_max_relative() -> f64 {
        f64::EPSILON
    }
    fn relative_eq(&self, other: &f64, epsilon: f64, max_relative: f64) -> bool {
        let larger = self.value.abs().max(other.abs());
        self.abs_diff_eq(other, epsilon.max(max_relative * larger))
    }
}

/// What the function does along a direction.
#[derive(Clone, Copy, Debug)]
pub enum Slope<T = f64> {
    /// It is smooth.
    Smooth(Estimate<T>),
    /// The derivatives from both sides are the same, but some operation is at a kink, where a rule may choose: a condition
    /// that is true at this point only, a tie that this direction leaves as it is.
    Tied(Estimate<T>),
    /// It has a kink: the derivatives from the left and from the right, which differ.
    Kink(Estimate<T>, Estimate<T>),
    /// The function did not change along it, as far as the error tells.
    Still(Estimate<T>),
}

impl<T> Slope<T> {
    /// The same, with other numbers.
    pub fn map<U>(self, f: impl Fn(Estimate<T>) -> Estimate<U>) -> Slope<U> {
        match self {
            Slope::Smooth(found) => Slope::Smooth(f(found)),
            Slope::Tied(found) => Slope::Tied(f(found)),
            Slope::Kink(left, right) => Slope::Kink(f(left), f(right)),
            Slope::Still(found) => Slope::Still(f(found)),
        }
    }
}

/// The rounding that one evaluation in double-double arithmetic may leave, relative to the size of what it adds up. The
/// elementary functions are right to 1e-28; a program of many of them loses a digit or two.
const WIDE_NOISE: f64 = 1e-27;

/// What an evaluation that adds up terms of a size may be off: relative to it, but no less than the numbers
/// are apart; nothing where all terms are 0.
pub(crate) fn noise(size: f64) -> f64 {
    const SPACING: f64 = 5e-324;
    if size == 0.0 {
        0.0
    } else {
        WIDE_NOISE * size + 4.0 * SPACING
    }
}

/// The derivative at 0 of a function of one variable, from its values at -2h, -h, h and 2h: error h^4 f'''''/30. That at 0,
/// `f0`, is known.
///
/// `size` is the magnitude of the terms that the function adds up at 0, for the rounding; where the function is larger at
/// the other points, its own size counts. The error estimate compares the second-order quotients at h and 2h, whose
/// difference d is about h^2 f'''/2: relative to the derivative the stencil's own error is of the order of d^2. And it
/// compares the second differences: a smooth function bends twice as much over twice the step, but one that turned a corner
/// inside of the steps does not, however well the quotients agree.
pub fn central(mut f: impl FnMut(Dd) -> Dd, f0: Dd, h: f64, size: f64) -> Estimate<Dd> {
    let mut largest = size;
    let mut pair = |k: f64| {
        let (right, left) = (f(Dd::from(k * h)), f(Dd::from(-k * h)));
        largest = larger(larger(largest, right), left);
        let bend = ((right - f0) + (left - f0)).to_f64() / (k * h);
        ((right - left) / Dd::from(2.0 * k * h), bend)
    };
    let ((near, bend), (far, further)) = (pair(1.0), pair(2.0));
    let value = near + (near - far) / Dd::from(3.0);
    let corner = (further - 2.0 * bend).abs();
    estimate(value, (near - far).to_f64(), corner + noise(largest) / h)
}

/// The larger magnitude.
fn larger(size: f64, value: Dd) -> f64 {
    size.max(value.to_f64().abs())
}

/// The same from the values at -h, h and 2h, where that at 0, `f0`, is known: error h^2 f'''/6, which the third difference
/// of the four shows.
///
/// `size` is the magnitude of the terms that the function adds up. Where that allows no error of `enough`, the function is
/// not asked; nor is anything told where it did not have it.
pub fn glance(mut f: impl FnMut(Dd) -> Dd, f0: Dd, size: f64, enough: f64) -> Option<Estimate<Dd>> {
    // so short that even a third derivative some thousand times the function's size is nothing
    let h = 1e-10;
    let rounding = |size: f64| 2.0 * noise(size) / h;
    if rounding(size) > enough {
        return None;
    }
    let (left, right, far) = (f(Dd::from(-h)), f(Dd::from(h)), f(Dd::from(2.0 * h)));
    let value = (right - left) / Dd::from(2.0 * h);
    let third = (far - left) - Dd::from(3.0) * (right - f0);
    let largest = larger(larger(size, right), left);
    // twice what it is: the fourth derivative has a part in the difference
    let error = third.to_f64().abs() / (3.0 * h) + rounding(largest);
    // what is not finite is not enough
    (error <= enough).then_some(Estimate { value, error })
}

/// A stencil's value; what two of its steps differ by, `spread`, beside `noise`. If that is much of the value, the steps are
/// too long to tell anything.
fn estimate(value: Dd, spread: f64, noise: f64) -> Estimate<Dd> {
    let (size, spread) = (value.to_f64().abs(), spread.abs());
    let is_told = spread <= 0.1 * size || spread <= 8.0 * noise;
    if !(size.is_finite() && is_told) {
        return Estimate::UNKNOWN.widened();
    }
    let relative = (1e3 * spread / size).min(4.0); // 0/0 is NaN, and min takes the 4
    Estimate {
        value,
        error: spread * relative + noise,
    }
}

/// The derivative at 0 from one side (`side` is 1 or -1) of a function that may have a kink or a jump there. The value at
/// 0 is not asked for: it belongs to neither side, or to the other one.
pub fn one_sided(mut f: impl FnMut(Dd) -> Dd, h: f64, side: f64, size: f64) -> Estimate<Dd> {
    // derivative at 0 of the polynomial through h, 2h, .., 5h
    const WEIGHTS: [f64; 5] = [-77.0, 214.0, -234.0, 122.0, -25.0];
    // multiples of the step must be exact: in binary64, 3h is not
    let step = Dd::from(h);
    let values: [Dd; 5] = std::array::from_fn(|j| f(Dd::from(side * (j + 1) as f64) * step));
    let combine = |weights: &[f64], unit: f64| {
        let terms = weights.iter().zip(values).map(|(&w, y)| Dd::from(w) * y);
        terms.fold(Dd::from(0.0), |sum, term| sum + term) / (Dd::from(unit * side) * step)
    };
    let value = combine(&WEIGHTS, 12.0);
    // the same through four points: the difference is the order that is still missing
    let coarse = combine(&[-26.0, 57.0, -42.0, 11.0], 6.0);
    let spread = (value - coarse).to_f64().abs();
    if !value.to_f64().is_finite() {
        return Estimate::UNKNOWN.widened();
    }
    let largest = values.into_iter().fold(size, larger);
    Estimate {
        value,
        error: spread + 64.0 * noise(largest) / h,
    }
}

/// The mixed second derivative at (0, 0) of a function of two variables, from sixteen values: the fourth-order stencil in
/// each direction.
pub fn mixed(mut f: impl FnMut(Dd, Dd) -> Dd, h: f64, size: f64) -> Estimate<Dd> {
    let mut largest = size;
    let mut quotient = |j: f64, k: f64| {
        let mut corner = |a: f64, b: f64| {
            let value = f(Dd::from(a * j * h), Dd::from(b * k * h));
            largest = larger(largest, value);
            value
        };
        (corner(1.0, 1.0) - corner(1.0, -1.0) - corner(-1.0, 1.0) + corner(-1.0, -1.0))
            / (Dd::from(4.0 * j * k * h) * Dd::from(h))
    };
    let (q11, q12, q21, q22) = (
        quotient(1.0, 1.0),
        quotient(1.0, 2.0),
        quotient(2.0, 1.0),
        quotient(2.0, 2.0),
    );
    let scale = |x: f64| Dd::from(x);
    let value = (scale(16.0) * q11 - scale(4.0) * (q12 + q21) + q22) / scale(9.0);
    estimate(value, (q11 - q22).to_f64(), 4.0 * noise(largest) / (h * h))
}

/// The derivative of a black box at `x`: central differences on a ladder of steps, extrapolated to eighth order. See
/// [`Ladder`]. At a kink it is unknown.
///
/// For a program there is a better oracle: widen it, and use [`central`].
///
/// ```
/// let d = secant::oracle::derivative(|x| x.sin(), 1.0);
/// assert!((d.value - 1f64.cos()).abs() <= d.error && d.error < 1e-12);
/// ```
pub fn derivative(mut f: impl FnMut(f64) -> f64, x: f64) -> Estimate {
    let scale = ladder::scale(x, 1.0);
    let base = f(x);
    let found = Ladder::new(|t| f(x + t * scale), base, f64::EPSILON / 2.0).thorough();
    match found {
        Slope::Smooth(along) | Slope::Tied(along) | Slope::Still(along) => Estimate {
            value: along.value / scale,
            error: along.error / scale,
        },
        Slope::Kink(..) => Estimate::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    #[test]
    fn the_stencils_are_right_to_their_stated_error() {
        let x = Dd::from(0.7);
        let truth = 0.7f64.cos();
        for h in [1e-3, 1e-6, 1e-9] {
            let d = central(|t| (x + t).sin(), x.sin(), h, 1.0).rounded();
            assert!((d.value - truth).abs() <= d.error + 1e-16, "{h}: {d:?}");
        }
        let d = central(|t| (x + t).sin(), x.sin(), 1e-6, 1.0).rounded();
        assert!(d.error < 1e-17);
        let d = glance(|t| (x + t).sin(), x.sin(), 1.0, 1e-16)
            .expect("enough")
            .rounded();
        assert!((d.value - truth).abs() <= d.error + 1e-16, "{d:?}");
        let none = glance(|_| unreachable!(), x.sin(), 1.0, 1e-19);
        assert_eq!(none, None);
        let d = one_sided(|t| (x + t).sin(), 1e-7, -1.0, 1.0).rounded();
        assert!(
            (d.value - truth).abs() <= d.error + 1e-16 && d.error < 1e-16,
            "{d:?}"
        );
        let d = mixed(|s, t| ((x + s) * (x + t)).exp(), 1e-5, 1.0).rounded();
        let exact = (1.0 + 0.49) * 0.49f64.exp();
        assert!(
            (d.value - exact).abs() <= d.error + 4e-16 && d.error < 1e-14,
            "{d:?} {exact}"
        );
    }

    #[test]
    fn one_sided_differences_see_each_side_of_a_kink() {
        let relu = |t: Dd| if t.to_f64() > 0.0 { t } else { Dd::from(0.0) };
        let step = |t: Dd| Dd::from(if t.to_f64() >= 0.0 { 1.0 } else { 0.0 });
        for (f, side, truth) in [
            (&relu as &dyn Fn(Dd) -> Dd, 1.0, 1.0),
            (&relu, -1.0, 0.0),
            (&step, 1.0, 0.0),
            (&step, -1.0, 0.0),
        ] {
            let found = one_sided(f, 1e-9, side, 1.0).rounded();
            assert!(
                (found.value - truth).abs() <= found.error + 1e-15 && found.error < 1e-14,
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_is_not_finite_is_unknown() {
        assert_eq!(
            central(|_| Dd::from(f64::NAN), Dd::from(0.0), 1e-6, 1.0).error,
            f64::INFINITY
        );
    }

    #[test]
    fn black_boxes() {
        for (f, x, truth) in [
            (f64::exp as fn(f64) -> f64, 1.0, 1f64.exp()),
            (f64::sqrt, 2.0, 0.5 / 2f64.sqrt()),
            (|x| x * x * x, 0.0, 0.0),
            (|x| 1.0 / x, 1e-3, -1e6),
        ] {
            let d = derivative(f, x);
            assert!((d.value - truth).abs() <= d.error, "{d:?} {truth}");
            assert!(d.error <= 1e-7 * truth.abs().max(1.0), "{d:?}");
        }
    }
}
