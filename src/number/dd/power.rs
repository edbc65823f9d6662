//! Powers and roots.

use super::Dd;
use super::arithmetic::{exponent, is_moderate};

impl Dd {
    /// x^n for small |n| by repeated squaring; through [`power`](Self::power) where that would be less exact.
    pub(super) fn integer_power(self, n: i32) -> Self {
        if n.unsigned_abs() > 64 {
            return self.power(n.into());
        }
        let mut left = n.unsigned_abs();
        let (mut square, mut power) = (self, Self::ONE);
        loop {
            if left & 1 == 1 {
                power *= square;
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            square = square * square;
        }
        if n >= 0 {
            power
        } else if is_moderate(power.hi) || self.hi == 0.0 || !self.is_finite() {
            1.0 / power
        } else {
            // The power may have left the range where its reciprocal would not.
            self.power_by_logarithm(n.into())
        }
    }

    /// |x|^y = e^(y log |x|) with the sign that an integer y gives, for finite x and y other than 0.
    fn power_by_logarithm(self, y: Self) -> Self {
        let exponent = self.magnitude().logarithm() * y;
        let value = exponent.exponential();
        if self.is_sign_negative() && y.is_odd() {
            -value
        } else {
            value
        }
    }

    /// x^y.
    pub(super) fn power(self, y: Self) -> Self {
        let regular = self.is_finite() && y.is_finite() && self.hi != 0.0 && y.hi != 0.0;
        if !regular {
            // The rules of f64 hold, once each part of them that a low part decides shows in the high part: on which
            // side of 1 the base lies, and whether the exponent is an odd integer.
            let base = if self.lo == 0.0 {
                self.hi
            } else {
                self.hi + (self.hi * f64::EPSILON).copysign(self.lo)
            };
            let exponent = match (y.is_finite() && y.hi != 0.0, y.is_integer()) {
                (false, _) => y.hi,
                (true, false) => 2.5f64.copysign(y.hi),
                (true, true) => (if y.is_odd() { 3f64 } else { 2.0 }).copysign(y.hi),
            };
            return Self::new(base.powf(exponent), 0.0);
        }
        if y.is_integer() {
            if y.hi.abs() <= 64.0 {
                return self.integer_power(y.hi as i32);
            }
        } else if self.hi < 0.0 {
            return Self::NAN;
        }
        self.power_by_logarithm(y)
    }

    /// Cube root: one Newton step r - (r^3 - x) / (3 r^2) from the root of `f64`.
    pub(super) fn cube_root(self) -> Self {
        if self.hi == 0.0 || !self.is_finite() {
            return self;
        }
        if !is_moderate(self.hi) {
            let third = exponent(self.hi) / 3;
            return self.scale(-3 * third).cube_root().scale(third);
        }
        let root = self.hi.cbrt();
        let square = Self::from(root) * root;
        let rest = square * root - self;
        Self::normalised(root, -rest.hi / (3.0 * square.hi))
    }

    /// sqrt(x^2 + y^2), on the scale of the larger.
    pub(super) fn hypotenuse(self, other: Self) -> Self {
        if self.hi.is_infinite() || other.hi.is_infinite() {
            return Self::INFINITY;
        }
        let (a, b) = (self.magnitude(), other.magnitude());
        let (large, small) = if a.hi > b.hi { (a, b) } else { (b, a) };
        if a.is_nan() || b.is_nan() || large.hi == 0.0 {
            return a + b;
        }
        let scale = exponent(large.hi);
        let (large, small) = (large.scale(-scale), small.scale(-scale));
        (large * large + small * small).square_root().scale(scale)
    }
}
