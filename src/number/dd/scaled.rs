//! Positive numbers beyond the range of `f64`, for products that come back into it.

use super::Dd;
use super::arithmetic::power_of_two;

/// When a number leaves the middle of the range, it is moved by this power of two.
const STEP: i32 = 512;

/// `mantissa 2^power`, with a mantissa that is 0 or of moderate size.
#[derive(Clone, Copy)]
pub(super) struct Scaled {
    mantissa: Dd,
    power: i32,
}

impl Scaled {
    /// 1.
    pub(super) const ONE: Self = Self {
        mantissa: Dd::ONE,
        power: 0,
    };

    /// `mantissa 2^power`.
    pub(super) fn new(mantissa: Dd, power: i32) -> Self {
        let (up, down) = (power_of_two(STEP), power_of_two(-STEP));
        let shift = match mantissa.hi.abs() {
            0.0 => 0,
            size if size < down => -STEP,
            size if size > up => STEP,
            _ => 0,
        };
        Self {
            mantissa: mantissa.scale(-shift),
            power: power + shift,
        }
    }

    /// The product with a number.
    pub(super) fn times(self, factor: Dd) -> Self {
        Self::new(self.mantissa * factor, self.power)
    }

    /// The product of two.
    pub(super) fn times_scaled(self, other: &Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.power + other.power)
    }

    /// The sum of two.
    pub(super) fn plus(self, other: &Self) -> Self {
        let (large, small) = if self.power >= other.power {
            (self, *other)
        } else {
            (*other, self)
        };
        // 2^-2000 of a moderate number is 0 beside another
        let shift = (small.power - large.power).max(-2000);
        Self::new(large.mantissa + small.mantissa.scale(shift), large.power)
    }

    /// Whether the number is larger than `fraction` of another.
    pub(super) fn is_above(&self, fraction: f64, other: &Self) -> bool {
        let shift = (self.power - other.power).clamp(-2000, 2000);
        self.mantissa.scale(shift).hi > fraction * other.mantissa.hi
    }

    /// The number itself, 0 or infinite where it is beyond the range.
    pub(super) fn value(self) -> Dd {
        self.mantissa.scale(self.power)
    }
}
