//! Exact decimal fractions, between strings and double-double numbers.
//!
//! A decimal string minus the `f64` nearest to it is again a decimal string, because every `f64` is a finite decimal
//! fraction. So both parts of a number come from the correctly rounded conversion of the standard library.

use super::Dd;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// `+-0.d1 d2 d3 ... * 10^point`, where d1 is not 0; zero has no digits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimal {
    /// Whether the number is below 0.
    pub(super) negative: bool,
    /// The digits, without leading or trailing zeros.
    pub(super) digits: Vec<u8>,
    /// The power of ten.
    pub(super) point: i64,
}

impl Decimal {
    fn new(negative: bool, mut digits: Vec<u8>, mut point: i64) -> Self {
        let leading = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..leading);
        point -= leading as i64;
        let kept = digits
            .iter()
            .rposition(|&digit| digit != 0)
            .map_or(0, |last| last + 1);
        digits.truncate(kept);
        Self {
            negative,
            digits,
            point,
        }
    }

    /// Reads `[+-] digits [. digits] [e [+-] digits]`.
    fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (significand, exponent) = match text.split_once(['e', 'E']) {
            Some((significand, exponent)) => (significand, exponent.parse().ok()?),
            None => (text, 0i64),
        };
        let (whole, fraction) = significand.split_once('.').unwrap_or((significand, ""));
        let is_digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let digits = whole
            .bytes()
            .chain(fraction.bytes())
            .map(|c| c - b'0')
            .collect();
        Some(Self::new(
            negative,
            digits,
            exponent.checked_add(whole.len() as i64)?,
        ))
    }

    /// All digits of a finite number; none has more than 767.
    fn of_f64(x: f64) -> Self {
        let text = format!("{x:.766e}");
        Self::parse(&text).unwrap_or_else(|| Self::new(false, Vec::new(), 0))
    }

    /// All digits of a finite number.
    pub(super) fn of(x: Dd) -> Self {
        let hi = Self::of_f64(x.hi);
        if x.lo == 0.0 {
            hi
        } else {
            hi.plus(&Self::of_f64(x.lo))
        }
    }

    /// The place after the last digit.
    fn end(&self) -> i64 {
        self.point - self.digits.len() as i64
    }

    /// The digits from the place of 10^(top - 1) down to that of 10^bottom.
    fn aligned(&self, top: i64, bottom: i64) -> Vec<u8> {
        let mut digits = vec![0; (top - self.point) as usize];
        digits.extend_from_slice(&self.digits);
        digits.resize((top - bottom) as usize, 0);
        digits
    }

    /// The exact sum; both numbers must lie in the range of `f64`, or the digits between them get many.
    fn plus(&self, other: &Self) -> Self {
        if self.digits.is_empty() {
            return other.clone();
        }
        if other.digits.is_empty() {
            return self.clone();
        }
        let top = self.point.max(other.point) + 1;
        let bottom = self.end().min(other.end());
        let (mut a, mut b) = (self.aligned(top, bottom), other.aligned(top, bottom));
        let mut negative = self.negative;
        if self.negative == other.negative {
            let mut carry = 0;
            for (a, b) in a.iter_mut().zip(&b).rev() {
                let sum = *a + b + carry;
                carry = sum / 10;
                *a = sum % 10;
            }
        } else {
            if a.cmp(&b) == Ordering::Less {
                std::mem::swap(&mut a, &mut b);
                negative = other.negative;
            }
            let mut borrow = 0;
            for (a, b) in a.iter_mut().zip(&b).rev() {
                let difference = 10 + *a - b - borrow;
                borrow = 1 - difference / 10;
                *a = difference % 10;
            }
        }
        Self::new(negative, a, top)
    }

    /// Rounded to at most `count` digits, halves to even; none or fewer leave 0 or a single unit of the place before.
    pub(super) fn rounded(&self, count: i64) -> Self {
        if count >= self.digits.len() as i64 {
            return self.clone();
        }
        let Ok(kept) = usize::try_from(count) else {
            return Self::new(self.negative, Vec::new(), 0);
        };
        let mut digits = vec![0];
        digits.extend_from_slice(&self.digits[..kept]);
        let (next, more) = (self.digits[kept], self.digits.len() > kept + 1);
        let odd = digits[kept] % 2 == 1;
        if next > 5 || (next == 5 && (more || odd)) {
            for digit in digits.iter_mut().rev() {
                *digit = (*digit + 1) % 10;
                if *digit != 0 {
                    break;
                }
            }
        }
        Self::new(self.negative, digits, self.point + 1)
    }

    /// The nearest `f64`.
    fn nearest(&self) -> f64 {
        let digits: String = self
            .digits
            .iter()
            .map(|&digit| char::from(b'0' + digit))
            .collect();
        let sign = if self.negative { "-" } else { "" };
        // The text is always well-formed.
        format!("{sign}0.{digits}0e{}", self.point)
            .parse()
            .unwrap_or(f64::NAN)
    }
}

/// The text is not a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDdError {
    text: String,
}

impl fmt::Display for ParseDdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a number", self.text)
    }
}

impl std::error::Error for ParseDdError {}

impl FromStr for Dd {
    type Err = ParseDdError;

    /// Reads what `f64` reads. Both parts are correctly rounded: the number is nearest to the decimal among all pairs.
    fn from_str(text: &str) -> Result<Self, ParseDdError> {
        let error = || ParseDdError { text: text.into() };
        let hi: f64 = text.parse().map_err(|_| error())?;
        if hi == 0.0 || !hi.is_finite() {
            return Ok(hi.into());
        }
        let mut rest = Decimal::of_f64(hi);
        rest.negative = !rest.negative;
        let lo = Decimal::parse(text)
            .ok_or_else(error)?
            .plus(&rest)
            .nearest();
        Ok(Self::normalised(hi, lo))
    }
}
