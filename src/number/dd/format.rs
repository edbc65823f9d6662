//! Decimal output, and comparison up to a tolerance.

use super::Dd;
use super::decimal::Decimal;
use approx::{AbsDiffEq, RelativeEq};
use std::fmt;

/// How many digits `Display` shows.
const DIGITS: i64 = 32;

/// Digits as text, zeros included up to `count`.
fn text(digits: &[u8], count: usize) -> String {
    let digits = digits
        .iter()
        .copied()
        .chain(std::iter::repeat(0))
        .take(count);
    digits.map(|digit| char::from(b'0' + digit)).collect()
}

impl Dd {
    /// The word for a number without digits, and whether it is negative.
    fn word(self) -> Option<&'static str> {
        match self.hi {
            x if x.is_nan() => Some("NaN"),
            x if x.is_infinite() => Some("inf"),
            _ => None,
        }
    }

    fn positional(self, decimals: Option<usize>) -> String {
        let all = Decimal::of(self);
        let shown = match decimals {
            Some(decimals) => all.rounded(all.point + decimals as i64),
            None => all.rounded(DIGITS),
        };
        let whole = usize::try_from(shown.point).unwrap_or(0);
        let zeros = usize::try_from(-shown.point).unwrap_or(0);
        let fraction_digits = shown.digits.get(whole..).unwrap_or(&[]);
        let mut fraction = text(&[], zeros) + &text(fraction_digits, fraction_digits.len());
        if shown.digits.is_empty() {
            fraction.clear();
        }
        if let Some(decimals) = decimals {
            fraction += &text(&[], decimals.saturating_sub(fraction.len()));
        }
        let whole = if whole == 0 {
            "0".into()
        } else {
            text(&shown.digits, whole)
        };
        if fraction.is_empty() {
            whole
        } else {
            format!("{whole}.{fraction}")
        }
    }

    fn scientific(self, decimals: Option<usize>) -> String {
        let all = Decimal::of(self);
        let shown = match decimals {
            Some(decimals) => all.rounded(decimals as i64 + 1),
            None => all,
        };
        let count = decimals
            .map_or(shown.digits.len(), |decimals| decimals + 1)
            .max(1);
        let digits = text(&shown.digits, count);
        let exponent = if shown.digits.is_empty() {
            0
        } else {
            shown.point - 1
        };
        match digits.split_at(1) {
            (first, "") => format!("{first}e{exponent}"),
            (first, rest) => format!("{first}.{rest}e{exponent}"),
        }
    }

    fn write(
        self,
        f: &mut fmt::Formatter<'_>,
        digits: impl Fn(Option<usize>) -> String,
    ) -> fmt::Result {
        let body = match self.word() {
            Some(word) => word.into(),
            None => digits(f.precision()),
        };
        let negative = self.is_sign_negative() && !self.is_nan();
        // What `pad_integral` adds, sign and padding, is what numbers have.
        if self.is_finite() {
            f.pad_integral(!negative, "", &body)
        } else {
            write!(f, "{}{body}", if negative { "-" } else { "" })
        }
    }
}

impl fmt::Display for Dd {
    /// 32 significant digits, or with a precision that many decimals; very large and very small numbers with an
    /// exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.hi == 0.0 || (1e-7..1e32).contains(&self.hi.abs());
        self.write(f, |precision| match precision {
            None if !plain => self.scientific(Some(DIGITS as usize - 1)),
            precision => self.positional(precision),
        })
    }
}

impl fmt::LowerExp for Dd {
    /// All digits, so that parsing gives the same number, or with a precision that many decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |precision| self.scientific(precision))
    }
}

impl AbsDiffEq for Dd {
    type Epsilon = Self;

    /// 2^-100: some ten units of 1.
    fn default_epsilon() -> Self {
        Self::new(2f64.powi(-100), 0.0)
    }

    fn abs_diff_eq(&self, other: &Self, epsilon: Self) -> bool {
        self == other || (*self - *other).magnitude() <= epsilon
    }
}

impl RelativeEq for Dd {
    fn default_max_relative() -> Self {
        Self::default_epsilon()
    }

    fn relative_eq(&self, other: &Self, epsilon: Self, max_relative: Self) -> bool {
        if self == other {
            return true;
        }
        if !self.is_finite() || !other.is_finite() {
            return false;
        }
        let (a, b) = (self.magnitude(), other.magnitude());
        let largest = if a > b { a } else { b };
        let difference = (*self - *other).magnitude();
        difference <= epsilon || difference <= largest * max_relative
    }
}
