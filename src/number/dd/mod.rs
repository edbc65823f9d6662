//! Double-double numbers: the unevaluated sum of two `f64`, about 32 significant digits.
//!
//! The arithmetic follows M. Joldes, J.-M. Muller, V. Popescu, "Tight and rigorous error bounds for basic building
//! blocks of double-word arithmetic", ACM TOMS 44 (2017), built on the error-free transformations of T. J. Dekker, "A
//! floating-point technique for extending the available precision", Numer. Math. 18 (1971), and D. E. Knuth, TAOCP 2,
//! 4.2.2. Elementary functions reduce their argument to a table entry and a short Taylor series; each function names
//! its formula.

mod arithmetic;
mod bessel;
mod constants;
mod decimal;
mod error_function;
mod exponential;
mod format;
mod gamma;
mod number;
mod power;
mod product;
mod rounding;
mod scaled;
mod trigonometric;

use std::cmp::Ordering;

pub use decimal::ParseDdError;

/// The largest order n of a family of functions (polygamma, Bessel, repeated integrals); beyond it they are NaN.
const ORDERS: i32 = 1000;

/// A double-double number `hi + lo`, where `hi` is the sum rounded to `f64`.
///
/// Relative precision is about 2^-104 as long as the result's low part is not subnormal, that is above about 1e-290;
/// the range is that of `f64`. Infinities, NaN and signed zeros behave as they do in `f64`, with `lo` zero.
///
/// ```
/// use secant::number::{Dd, Number};
/// let third = Dd::from(1.0) / 3.0;
/// assert_eq!(third.to_string(), "0.33333333333333333333333333333333");
/// let root: Dd = "1.4142135623730950488016887242096981".parse().unwrap();
/// assert!((Dd::of(2.0).sqrt() - root).abs() < Dd::of(1e-31));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Dd {
    hi: f64,
    lo: f64,
}

impl Dd {
    /// 0.
    pub const ZERO: Self = Self::new(0.0, 0.0);
    /// 1.
    pub const ONE: Self = Self::new(1.0, 0.0);
    /// The circle constant.
    pub const PI: Self = constants::PI;
    /// Positive infinity.
    pub const INFINITY: Self = Self::new(f64::INFINITY, 0.0);
    /// Not a number.
    pub const NAN: Self = Self::new(f64::NAN, 0.0);

    /// The pair itself, which the caller knows to be normalised.
    const fn new(hi: f64, lo: f64) -> Self {
        Self { hi, lo }
    }

    /// `a + b`, exactly unless it overflows or its low part underflows (Knuth's TwoSum).
    pub fn from_sum(a: f64, b: f64) -> Self {
        Self::from(a) + b
    }

    /// `a * b`, exactly unless it overflows or its low part underflows (Dekker's TwoProduct).
    pub fn from_product(a: f64, b: f64) -> Self {
        Self::from(a) * b
    }

    /// The number rounded to `f64`.
    pub const fn hi(self) -> f64 {
        self.hi
    }

    /// What [`hi`](Self::hi) lacks: at most half a unit in its last place.
    pub const fn lo(self) -> f64 {
        self.lo
    }

    /// Neither infinite nor NaN.
    pub const fn is_finite(self) -> bool {
        self.hi.is_finite()
    }

    /// Not a number.
    pub const fn is_nan(self) -> bool {
        self.hi.is_nan()
    }

    /// Whether the sign is negative, also of -0.
    pub const fn is_sign_negative(self) -> bool {
        self.hi.is_sign_negative()
    }
}

impl From<f64> for Dd {
    fn from(x: f64) -> Self {
        Self::new(x, 0.0)
    }
}

impl From<f32> for Dd {
    fn from(x: f32) -> Self {
        Self::new(f64::from(x), 0.0)
    }
}

impl From<i32> for Dd {
    fn from(x: i32) -> Self {
        Self::new(f64::from(x), 0.0)
    }
}

impl PartialEq for Dd {
    fn eq(&self, other: &Self) -> bool {
        self.hi == other.hi && self.lo == other.lo
    }
}

impl PartialOrd for Dd {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.hi.partial_cmp(&other.hi) {
            Some(Ordering::Equal) => self.lo.partial_cmp(&other.lo),
            order => order,
        }
    }
}
