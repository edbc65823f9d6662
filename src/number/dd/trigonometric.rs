//! Trigonometric functions and their inverses.

use super::Dd;
use super::arithmetic::{exponent, fast_two_sum, power_of_two};
use super::constants::{
    COS, HALF_PI, INVERSE_FACTORIAL, PI, QUARTER_PI, SIN, THREE_QUARTERS_PI, TWO_OVER_PI,
};
use super::rounding::integer_parts;

/// sin d for |d| <= 1/64 by Taylor's series.
fn sin_of_small(d: Dd, square: Dd) -> Dd {
    let c = &INVERSE_FACTORIAL;
    let w = square.hi;
    let tail = c[9].hi - w * (c[11].hi - w * c[13].hi);
    let minus = -square;
    let series = c[7].plus_small((-tail * w).into());
    let series = c[3].plus_product(minus, c[5].plus_product(minus, series));
    let sin = d.plus_product(d, minus * series);
    Dd::normalised(sin.hi, sin.lo)
}

/// 1 - cos d for |d| <= 1/64 by Taylor's series.
fn versine_of_small(square: Dd) -> Dd {
    let c = &INVERSE_FACTORIAL;
    let w = square.hi;
    let tail = c[8].hi - w * (c[10].hi - w * (c[12].hi - w * c[14].hi));
    let minus = -square;
    let series = c[6].plus_small((-tail * w).into());
    square * c[2].plus_product(minus, c[4].plus_product(minus, series))
}

/// The table entry nearest to |r| <= 26.5/32 as (sine, cosine), and the sine and versine of what is left.
fn table_and_rest(r: Dd) -> (usize, Dd, Dd) {
    let j = (r.hi * 32.0).round_ties_even();
    let d = r - j / 32.0;
    let square = d * d;
    (
        j as usize,
        sin_of_small(d, square),
        versine_of_small(square),
    )
}

/// sin r for |r| <= 26.5/32: sin(a + d) = sin a + (cos a sin d - sin a (1 - cos d)).
fn sin_of_reduced(r: Dd) -> Dd {
    let (j, sin, versine) = table_and_rest(r.magnitude());
    let value = if j == 0 {
        sin
    } else {
        SIN[j] + (COS[j] * sin - SIN[j] * versine)
    };
    value.with_sign_of(r)
}

/// cos r for |r| <= 26.5/32: cos(a + d) = cos a - (sin a sin d + cos a (1 - cos d)).
fn cos_of_reduced(r: Dd) -> Dd {
    let (j, sin, versine) = table_and_rest(r.magnitude());
    if j == 0 {
        1.0 - versine
    } else {
        COS[j] - (SIN[j] * sin + COS[j] * versine)
    }
}

/// Both at once, for the price of little more than one.
fn sin_cos_of_reduced(r: Dd) -> (Dd, Dd) {
    let (j, sin, versine) = table_and_rest(r.magnitude());
    let (value, cos) = if j == 0 {
        (sin, 1.0 - versine)
    } else {
        (
            SIN[j] + (COS[j] * sin - SIN[j] * versine),
            COS[j] - (SIN[j] * sin + COS[j] * versine),
        )
    };
    (value.with_sign_of(r), cos)
}

/// A number of 320 bits modulo 2^320, least significant word first.
type Fixed = [u64; 5];

fn negated(x: Fixed) -> Fixed {
    let mut carry = true;
    x.map(|word| {
        let (word, overflow) = (!word).overflowing_add(u64::from(carry));
        carry = overflow;
        word
    })
}

fn added(x: Fixed, y: Fixed) -> Fixed {
    let mut carry = 0;
    std::array::from_fn(|i| {
        let sum = u128::from(x[i]) + u128::from(y[i]) + carry;
        carry = sum >> 64;
        sum as u64
    })
}

/// `x 2/pi` modulo 4, in units of 2^-318: M. H. Payne, R. N. Hanek, "Radian reduction for trigonometric functions",
/// SIGNUM Newsletter 18 (1983).
///
/// With x = M 2^e, the digits of 2/pi before place e - 2 contribute multiples of 4 and are left out; of those after it
/// 320 are kept, so that the error is below 2^-264.
fn quarter_turns(x: f64) -> Fixed {
    let (significand, exponent) = integer_parts(x);
    let start = exponent - 2;
    let word = |i: i32| match usize::try_from(i) {
        Ok(i) => TWO_OVER_PI.get(i).copied().unwrap_or(0),
        Err(_) => 0,
    };
    let (first, shift) = (start.div_euclid(64), start.rem_euclid(64));
    let mut carry = 0;
    let product = std::array::from_fn(|i| {
        let at = first + 4 - i as i32;
        let pair = u128::from(word(at)) << 64 | u128::from(word(at + 1));
        let window = (pair << shift >> 64) as u64;
        let sum = u128::from(window) * u128::from(significand) + carry;
        carry = sum >> 64;
        sum as u64
    });
    if x.is_sign_negative() {
        negated(product)
    } else {
        product
    }
}

/// The fraction in [-1/2, 1/2) that a signed number in units of 2^-320 stands for, to about 150 bits.
fn signed_fraction(x: Fixed) -> Dd {
    let negative = x[4] >> 63 == 1;
    let mut magnitude = if negative { negated(x) } else { x };
    let mut scale = 0;
    while scale < 256 && magnitude[4] == 0 {
        magnitude.rotate_right(1);
        scale += 64;
    }
    let zeros = magnitude[4].leading_zeros().min(63);
    let high = u128::from(magnitude[4]) << 64 | u128::from(magnitude[3]);
    let next = u128::from(magnitude[3]) << 64 | u128::from(magnitude[2]);
    let (high, next) = ((high << zeros >> 64) as u64, (next << zeros >> 64) as u64);
    // Pieces of 53, 53 and 22 bits.
    let piece = |bits: u64, n: i32| bits as f64 * power_of_two(-n);
    let a = piece(high >> 11, 53);
    let b = piece((high & 0x7ff) << 42 | next >> 22, 106);
    let c = piece(next & 0x3f_ffff, 128);
    let (hi, lo) = fast_two_sum(a, b);
    let value = Dd::normalised(hi, lo + c).scale(-(scale + zeros as i32));
    if negative { -value } else { value }
}

impl Dd {
    /// The nearest multiple of pi/2 modulo 4, and the distance to it.
    fn reduced(self) -> (u64, Self) {
        if self.hi.abs() < QUARTER_PI.hi {
            return (0, self);
        }
        let mut turns = quarter_turns(self.hi);
        if self.lo != 0.0 {
            turns = added(turns, quarter_turns(self.lo));
        }
        let half = turns[4] >> 61 & 1;
        let quadrant = ((turns[4] >> 62) + half) & 3;
        let mut carry = 0;
        let fraction = turns.map(|word| {
            let shifted = word << 2 | carry;
            carry = word >> 62;
            shifted
        });
        (quadrant, signed_fraction(fraction) * HALF_PI)
    }

    /// sin x.
    pub(super) fn sine(self) -> Self {
        if !self.is_finite() {
            return Self::NAN;
        }
        let (quadrant, r) = self.reduced();
        let value = if quadrant & 1 == 0 {
            sin_of_reduced(r)
        } else {
            cos_of_reduced(r)
        };
        if quadrant >= 2 { -value } else { value }
    }

    /// cos x.
    pub(super) fn cosine(self) -> Self {
        if !self.is_finite() {
            return Self::NAN;
        }
        let (quadrant, r) = self.reduced();
        let value = if quadrant & 1 == 0 {
            cos_of_reduced(r)
        } else {
            sin_of_reduced(r)
        };
        if quadrant == 1 || quadrant == 2 {
            -value
        } else {
            value
        }
    }

    /// tan x = sin x / cos x.
    pub(super) fn tangent(self) -> Self {
        if !self.is_finite() {
            return Self::NAN;
        }
        let (sin, cos) = self.sine_and_cosine();
        sin / cos
    }

    /// sin x and cos x of a finite number.
    fn sine_and_cosine(self) -> (Self, Self) {
        let (quadrant, r) = self.reduced();
        let (sin, cos) = sin_cos_of_reduced(r);
        match quadrant {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        }
    }

    /// sin(pi x) / (pi x), reduced by the nearest integer before pi comes in.
    pub(super) fn cardinal_sine(self) -> Self {
        if self.hi == 0.0 {
            return Self::ONE;
        }
        if !self.is_finite() {
            return if self.is_nan() { self } else { Self::ZERO };
        }
        let nearest = self.round_to_even();
        let rest = self - nearest;
        if rest.hi == 0.0 {
            return Self::ZERO;
        }
        let a = rest.magnitude();
        let sin = if a.hi <= 0.25 {
            sin_of_reduced(PI * a)
        } else {
            cos_of_reduced(PI * (0.5 - a))
        };
        let negative = (rest.hi < 0.0) != nearest.is_odd();
        (if negative { -sin } else { sin }) / (PI * self)
    }

    /// The angle of the point (`x`, self).
    ///
    /// One step from the angle t of `f64`: the point turned by -t has the angle atan(d), where
    /// d = (y cos t - x sin t) / (x cos t + y sin t) is of the order of 2^-52, so that its cube is nothing.
    pub(super) fn angle(self, x: Self) -> Self {
        let y = self;
        let signed = |angle: Self| angle.with_sign_of(y);
        if y.is_nan() || x.is_nan() {
            return Self::NAN;
        }
        let regular = y.is_finite() && x.is_finite() && y.hi != 0.0 && x.hi != 0.0;
        if !regular {
            let flat = y.hi == 0.0 || (x.hi.is_infinite() && y.is_finite());
            return signed(match (flat, x.is_sign_negative()) {
                (true, false) => Self::ZERO,
                (true, true) => PI,
                (false, _) if x.is_finite() => HALF_PI,
                (false, false) => QUARTER_PI,
                (false, true) => THREE_QUARTERS_PI,
            });
        }
        let gap = exponent(y.hi) - exponent(x.hi);
        if gap < -60 {
            return if x.hi > 0.0 {
                y / x
            } else {
                signed(PI) + y / x
            };
        }
        if gap > 60 {
            return signed(HALF_PI) - x / y;
        }
        let scale = -exponent(y.hi);
        let (y, x) = (y.scale(scale), x.scale(scale));
        let start = Self::from(y.hi.atan2(x.hi));
        let (sin, cos) = start.sine_and_cosine();
        let d = (y * cos - x * sin) / (x * cos + y * sin);
        start + d
    }

    /// sqrt(1 - x^2), without cancellation near 1.
    fn cathetus(self) -> Self {
        ((1.0 - self) * (1.0 + self)).square_root()
    }

    /// asin x: the angle of (sqrt(1 - x^2), x).
    pub(super) fn arc_sine(self) -> Self {
        self.angle(self.cathetus())
    }

    /// acos x: the angle of (x, sqrt(1 - x^2)).
    pub(super) fn arc_cosine(self) -> Self {
        self.cathetus().angle(self)
    }

    /// atan x: the angle of (1, x).
    pub(super) fn arc_tangent(self) -> Self {
        self.angle(Self::ONE)
    }
}
