//! Error-free transformations and the four operations.
//!
//! The names in capitals are those of Joldes, Muller and Popescu (2017); u = 2^-53. Every operation computes as if
//! nothing could overflow and looks at the result: only if it is zero, infinite or NaN does a cold path decide.

use super::Dd;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// `a + b = sum + error` exactly (Knuth's 2Sum).
#[inline]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// `a + b = sum + error` exactly if `|a| >= |b|` or `a == 0` (Dekker's Fast2Sum).
#[inline]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `a * b = product + error` exactly unless a part underflows; the error of a product that is not finite is 0.
#[inline]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let error = product_error(a, b, product);
    if error.is_finite() {
        (product, error)
    } else {
        two_product_of_large(a, b, product)
    }
}

/// What rounding `product = a * b` lost: with a fused multiply-add where the processor has one, else by splitting.
#[inline]
pub(super) fn product_error(a: f64, b: f64, product: f64) -> f64 {
    if cfg!(target_feature = "fma") {
        a.mul_add(b, -product)
    } else {
        let (a_high, a_low) = split(a);
        let (b_high, b_low) = split(b);
        ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    }
}

/// Veltkamp's splitting into two numbers of at most 26 bits; overflows above 2^996.
#[inline]
fn split(x: f64) -> (f64, f64) {
    const FACTOR: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = FACTOR * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

/// [`two_product`] where splitting overflowed: on a smaller scale, if the product itself is finite.
#[cold]
fn two_product_of_large(a: f64, b: f64, product: f64) -> (f64, f64) {
    if !product.is_finite() {
        return (product, 0.0);
    }
    // One factor is above 2^900, so the other is below 2^124 and does not mind the small scale of the first.
    let (large, small) = if a.abs() > b.abs() { (a, b) } else { (b, a) };
    let large = large * power_of_two(-200);
    (
        product,
        product_error(large, small, large * small) * power_of_two(200),
    )
}

/// Neither zero nor infinite nor NaN, by one comparison of bits.
#[inline]
fn is_ordinary(x: f64) -> bool {
    const LIMIT: u64 = (f64::INFINITY.to_bits() << 1) - 1;
    (x.to_bits() << 1).wrapping_sub(1) < LIMIT
}

/// Between about 2^-450 and 2^450: neither it nor its square nor the low part of either leaves the normal range.
#[inline]
pub(super) fn is_moderate(x: f64) -> bool {
    let exponent = (x.to_bits() >> 52) & 0x7ff;
    exponent.wrapping_sub(1023 - 450) < 900
}

/// The exponent `e` of a finite number other than 0: `2^e <= |x| < 2^(e + 1)`.
pub(super) fn exponent(x: f64) -> i32 {
    libm::ilogb(x)
}

/// 2^n for a normal result.
pub(super) fn power_of_two(n: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&n));
    f64::from_bits(((1023 + n) as u64) << 52)
}

impl Dd {
    /// The sum of two parts of which the first is not the smaller, with the conventions for zeros and infinities.
    #[inline]
    pub(super) fn normalised(hi: f64, lo: f64) -> Self {
        let (sum, error) = fast_two_sum(hi, lo);
        if is_ordinary(sum) {
            Self::new(sum, error)
        } else {
            Self::new(sum, 0.0)
        }
    }

    /// `self * 2^n`, rounded once if the result is subnormal.
    pub(super) fn scale(self, n: i32) -> Self {
        let (hi, lo) = if (-1000..=1000).contains(&n) {
            let factor = power_of_two(n);
            (self.hi * factor, self.lo * factor)
        } else {
            (libm::scalbn(self.hi, n), libm::scalbn(self.lo, n))
        };
        if hi.is_finite() && hi != 0.0 {
            Self::normalised(hi, lo)
        } else {
            Self::new(hi, 0.0)
        }
    }

    /// `self + a * b` for moderate numbers of which the product is the smaller, as in Horner's scheme: without tests for
    /// edges, relative error below 8 u^2. The low part may be a few units of the high one; [`Dd::normalised`] puts an end
    /// to that.
    #[inline]
    pub(super) fn plus_product(self, a: Self, b: Self) -> Self {
        let product = a.hi * b.hi;
        let error = product_error(a.hi, b.hi, product);
        let rest = error + (a.hi * b.lo + a.lo * b.hi);
        let (sum, lost) = fast_two_sum(self.hi, product);
        Self::new(sum, lost + (self.lo + rest))
    }

    /// `self + other` for moderate numbers of which `other` is the smaller, with the same reserve.
    #[inline]
    pub(super) fn plus_small(self, other: Self) -> Self {
        let (sum, lost) = fast_two_sum(self.hi, other.hi);
        Self::new(sum, lost + (self.lo + other.lo))
    }

    /// The square root of a finite positive number: one Newton step, SQRTDWtoDW of V. Lefevre et al., "Accurate
    /// calculation of Euclidean norms using double-word arithmetic", ACM TOMS 49 (2023), relative error below 25/8 u^2.
    pub(super) fn square_root(self) -> Self {
        if !(self.hi > 0.0 && self.hi.is_finite()) {
            return Self::new(self.hi.sqrt(), 0.0);
        }
        if !is_moderate(self.hi) {
            let half = exponent(self.hi) / 2;
            return self.scale(-2 * half).square_root().scale(half);
        }
        let root = self.hi.sqrt();
        let (square, error) = two_product(root, root);
        let rest = (self.hi - square) - error + self.lo;
        Self::normalised(root, rest / (2.0 * root))
    }

    /// A sum that came out as zero, infinite or NaN.
    #[cold]
    fn add_at_the_edge(self, other: Self) -> Self {
        let sum = self.hi + other.hi;
        if !sum.is_finite() || sum == 0.0 {
            return Self::new(sum, 0.0);
        }
        // An intermediate result overflowed, perhaps the sum itself; at half the size nothing does.
        let half =
            Self::new(self.hi / 2.0, self.lo / 2.0) + Self::new(other.hi / 2.0, other.lo / 2.0);
        half.scale(1)
    }

    /// A product that came out as zero, infinite or NaN.
    #[cold]
    fn mul_at_the_edge(self, other: Self) -> Self {
        let product = self.hi * other.hi;
        if !product.is_finite() || product == 0.0 {
            return Self::new(product, 0.0);
        }
        let (large, small) = if self.hi.abs() > other.hi.abs() {
            (self, other)
        } else {
            (other, self)
        };
        (Self::new(large.hi / 2.0, large.lo / 2.0) * small).scale(1)
    }

    /// A quotient of numbers that may be zero, infinite, NaN, very large or very small.
    #[cold]
    fn div_at_the_edge(self, other: Self) -> Self {
        let quotient = self.hi / other.hi;
        let regular = is_ordinary(self.hi) && is_ordinary(other.hi);
        if !regular {
            return Self::new(quotient, 0.0);
        }
        let (a, b) = (exponent(self.hi), exponent(other.hi));
        (self.scale(-a) / other.scale(-b)).scale(a - b)
    }
}

impl Neg for Dd {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        // Subtracting keeps a low part of 0 positive, so that equal numbers have equal bits.
        Self::new(-self.hi, 0.0 - self.lo)
    }
}

impl Add for Dd {
    type Output = Self;

    /// AccurateDWPlusDW (their algorithm 6), relative error below 3 u^2 / (1 - 4 u).
    #[inline]
    fn add(self, other: Self) -> Self {
        let (sum, error) = two_sum(self.hi, other.hi);
        let (low_sum, low_error) = two_sum(self.lo, other.lo);
        let (sum, error) = fast_two_sum(sum, error + low_sum);
        let (hi, lo) = fast_two_sum(sum, low_error + error);
        if is_ordinary(hi) {
            Self::new(hi, lo)
        } else {
            self.add_at_the_edge(other)
        }
    }
}

impl Add<f64> for Dd {
    type Output = Self;

    /// DWPlusFP (their algorithm 4), relative error at most 2 u^2.
    #[inline]
    fn add(self, other: f64) -> Self {
        let (sum, error) = two_sum(self.hi, other);
        let (hi, lo) = fast_two_sum(sum, self.lo + error);
        if is_ordinary(hi) {
            Self::new(hi, lo)
        } else {
            self.add_at_the_edge(other.into())
        }
    }
}

impl Mul for Dd {
    type Output = Self;

    /// DWTimesDW1 (their algorithm 10) with the product of the low parts added, relative error below 5 u^2. Unlike
    /// DWTimesDW3, which fuses the cross terms, it commutes.
    #[inline]
    fn mul(self, other: Self) -> Self {
        let (product, error) = two_product(self.hi, other.hi);
        let cross = (self.hi * other.lo + self.lo * other.hi) + self.lo * other.lo;
        let (hi, lo) = fast_two_sum(product, error + cross);
        if is_ordinary(hi) {
            Self::new(hi, lo)
        } else {
            self.mul_at_the_edge(other)
        }
    }
}

impl Mul<f64> for Dd {
    type Output = Self;

    /// DWTimesFP1 (their algorithm 7), relative error below 2 u^2.
    #[inline]
    fn mul(self, other: f64) -> Self {
        let (product, error) = two_product(self.hi, other);
        let (sum, rest) = fast_two_sum(product, self.lo * other);
        let (hi, lo) = fast_two_sum(sum, rest + error);
        if is_ordinary(hi) {
            Self::new(hi, lo)
        } else {
            self.mul_at_the_edge(other.into())
        }
    }
}

impl Div for Dd {
    type Output = Self;

    /// DWDivDW2 (their algorithm 17), relative error at most 15 u^2 + 56 u^3.
    #[inline]
    fn div(self, other: Self) -> Self {
        if !(is_moderate(self.hi) && is_moderate(other.hi)) {
            return self.div_at_the_edge(other);
        }
        let quotient = self.hi / other.hi;
        let back = other * quotient;
        let rest = (self.hi - back.hi) + (self.lo - back.lo);
        let (hi, lo) = fast_two_sum(quotient, rest / other.hi);
        Self::new(hi, lo)
    }
}

impl Div<f64> for Dd {
    type Output = Self;

    #[inline]
    fn div(self, other: f64) -> Self {
        self / Self::from(other)
    }
}

impl Sub for Dd {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Sub<f64> for Dd {
    type Output = Self;

    #[inline]
    fn sub(self, other: f64) -> Self {
        self + -other
    }
}

/// The operators with an `f64` on the left, and those that assign.
macro_rules! mixed_operators {
    ($($operator:ident $method:ident $assign:ident $assign_method:ident,)*) => {$(
        impl $operator<Dd> for f64 {
            type Output = Dd;

            #[inline]
            fn $method(self, other: Dd) -> Dd {
                Dd::from(self).$method(other)
            }
        }

        impl $assign for Dd {
            #[inline]
            fn $assign_method(&mut self, other: Self) {
                *self = self.$method(other);
            }
        }

        impl $assign<f64> for Dd {
            #[inline]
            fn $assign_method(&mut self, other: f64) {
                *self = self.$method(other);
            }
        }
    )*};
}

mixed_operators! {
    Add add AddAssign add_assign,
    Sub sub SubAssign sub_assign,
    Mul mul MulAssign mul_assign,
    Div div DivAssign div_assign,
}
