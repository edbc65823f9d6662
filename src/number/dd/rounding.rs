//! Signs, rounding to integers and remainders.

use super::Dd;
use super::arithmetic::{exponent, power_of_two};

impl Dd {
    /// |x|.
    pub(super) fn magnitude(self) -> Self {
        if self.hi.is_sign_negative() {
            -self
        } else {
            self
        }
    }

    /// |x| with the sign of `other`.
    pub(super) fn with_sign_of(self, other: Self) -> Self {
        if self.hi.is_sign_negative() == other.hi.is_sign_negative() {
            self
        } else {
            -self
        }
    }

    /// Whether the number is a finite integer.
    pub(super) fn is_integer(self) -> bool {
        self.is_finite() && self.hi.fract() == 0.0 && self.lo.fract() == 0.0
    }

    /// Whether an integer is odd.
    pub(super) fn is_odd(self) -> bool {
        (self.hi % 2.0 != 0.0) != (self.lo % 2.0 != 0.0)
    }

    /// The largest integer not above x.
    pub(super) fn round_down(self) -> Self {
        let hi = self.hi.floor();
        if hi == self.hi && self.lo != 0.0 {
            Self::normalised(hi, self.lo.floor())
        } else {
            Self::new(hi, 0.0)
        }
    }

    /// The smallest integer not below x.
    pub(super) fn round_up(self) -> Self {
        let hi = self.hi.ceil();
        if hi == self.hi && self.lo != 0.0 {
            Self::normalised(hi, self.lo.ceil())
        } else {
            Self::new(hi, 0.0)
        }
    }

    /// The integer part.
    pub(super) fn truncated(self) -> Self {
        if self.hi < 0.0 {
            self.round_up()
        } else {
            self.round_down()
        }
    }

    /// The nearest integer, halves to even.
    pub(super) fn round_to_even(self) -> Self {
        let below = self.round_down();
        let fraction = self - below;
        let up = fraction.hi > 0.5
            || (fraction.hi == 0.5
                && (fraction.lo > 0.0 || (fraction.lo == 0.0 && below.is_odd())));
        let rounded = if up { below + 1.0 } else { below };
        if rounded.hi == 0.0 || !self.is_finite() {
            Self::new(rounded.hi.copysign(self.hi), 0.0)
        } else {
            rounded
        }
    }

    /// The remainder of C's `fmod`, exact wherever it has at most 106 bits and the divisor at most 120.
    pub(super) fn truncated_remainder(self, divisor: Self) -> Self {
        if !self.is_finite() || !divisor.is_finite() || self.hi == 0.0 || divisor.hi == 0.0 {
            return Self::new(self.hi % divisor.hi, 0.0);
        }
        let (x, y) = (self.magnitude(), divisor.magnitude());
        if x < y {
            return self;
        }
        let unit = y.last_place();
        let remainder = if exponent(y.hi) - unit < 120 {
            remainder_on_grid(x, y, unit)
        } else {
            remainder_by_steps(x, y)
        };
        remainder.with_sign_of(self)
    }

    /// The remainder of Python's `%`: the sign of the divisor.
    pub(super) fn floored_remainder(self, divisor: Self) -> Self {
        let remainder = self.truncated_remainder(divisor);
        if remainder.hi == 0.0 {
            Self::new(0f64.copysign(divisor.hi), 0.0)
        } else if (remainder.hi < 0.0) != (divisor.hi < 0.0) {
            remainder + divisor
        } else {
            remainder
        }
    }

    /// The exponent of the lowest bit that is set, of a number that is finite and not 0.
    fn last_place(self) -> i32 {
        let lowest = if self.lo == 0.0 { self.hi } else { self.lo };
        let (significand, exponent) = integer_parts(lowest);
        exponent + significand.trailing_zeros() as i32
    }
}

/// |x| as an integer times a power of two.
pub(super) fn integer_parts(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let (biased, fraction) = (((bits >> 52) & 0x7ff) as i32, bits & ((1 << 52) - 1));
    if biased == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, biased - 1075)
    }
}

/// `x mod y` for x >= y > 0, where y is a multiple of 2^unit of at most 120 bits: in integers.
fn remainder_on_grid(x: Dd, y: Dd, unit: i32) -> Dd {
    let modulus = integer_on_grid(y, unit);
    // Each part of x is a multiple of the grid, taken modulo y, plus what lies below the grid.
    let (high, high_rest) = part_modulo(x.hi, modulus, unit);
    let (low, low_rest) = part_modulo(x.lo, modulus, unit);
    let sum = (high + low) % modulus;
    let rest = Dd::from(high_rest) + low_rest;
    let remainder = grid_value(sum, unit) + rest;
    if remainder.hi < 0.0 {
        grid_value(sum + modulus, unit) + rest
    } else if remainder >= y {
        remainder - y
    } else {
        remainder
    }
}

/// A positive number in units of the grid.
fn integer_on_grid(x: Dd, unit: i32) -> u128 {
    let part = |x: f64| {
        let (significand, exponent) = integer_parts(x);
        let shift = exponent - unit;
        let value = u128::from(significand);
        if shift >= 0 {
            value << shift.min(127)
        } else {
            value >> (-shift).min(127)
        }
    };
    if x.lo < 0.0 {
        part(x.hi) - part(x.lo)
    } else {
        part(x.hi) + part(x.lo)
    }
}

/// `x` modulo the modulus in units of the grid, and the signed part of `x` below the grid.
fn part_modulo(x: f64, modulus: u128, unit: i32) -> (u128, f64) {
    let (significand, exponent) = integer_parts(x);
    let shift = exponent - unit;
    let (count, rest) = if shift >= 0 {
        let mut value = u128::from(significand) % modulus;
        let mut left = shift;
        while left > 0 && value != 0 {
            // The modulus has at most 120 bits, so seven more fit.
            let step = left.min(7);
            value = (value << step) % modulus;
            left -= step;
        }
        (value, 0.0)
    } else {
        let drop = (-shift).min(63);
        let count = significand >> drop;
        let below = significand - (count << drop);
        (
            u128::from(count) % modulus,
            libm::scalbn(below as f64, exponent),
        )
    };
    if x.is_sign_negative() {
        ((modulus - count) % modulus, -rest)
    } else {
        (count, rest)
    }
}

/// An integer in units of the grid as a number; exact up to 106 bits.
fn grid_value(count: u128, unit: i32) -> Dd {
    let (high, low) = ((count >> 64) as u64, count as u64);
    let halves = |x: u64| Dd::from((x >> 32) as f64 * power_of_two(32)) + (x & 0xffff_ffff) as f64;
    (halves(high) * power_of_two(64) + halves(low)).scale(unit)
}

/// `x mod y` for a divisor with a wide gap between its parts: quotients of at most 50 bits are taken off one by one.
fn remainder_by_steps(mut x: Dd, y: Dd) -> Dd {
    while x >= y {
        let shift = (exponent(x.hi) - exponent(y.hi) - 50).max(0);
        let multiple = y.scale(shift);
        let quotient = (x / multiple).round_down();
        x -= if quotient.hi > 1.0 {
            multiple * quotient
        } else {
            multiple
        };
        if x.hi < 0.0 {
            x += multiple;
        }
    }
    x
}
