//! Numbers and attributes as files hold them: nothing is lost, nothing is longer than it must be.

use super::Dtype;
use crate::op::{Attr, Op};
use std::fmt::{Result, Write};

/// A number that reads back to the bit, in the digits of its arithmetic; a number word if it is not finite.
pub(crate) fn number(out: &mut dyn Write, x: f64, dtype: Dtype) -> Result {
    if x.is_nan() {
        return out.write_str("nan");
    }
    if x.is_infinite() {
        return out.write_str(if x > 0.0 { "inf" } else { "-inf" });
    }
    if dtype == Dtype::F32 && dtype.round(x) == x {
        let short = format!("{:?}", x as f32);
        // readers go through binary64, and rounding twice is not rounding once: it fails for +-7.038531e-26 (found by
        // trying all 2^32)
        if short.parse().is_ok_and(|read: f64| dtype.round(read) == x) {
            return out.write_str(&short);
        }
    }
    write!(out, "{x:?}")
}

/// An integer that binary64 holds.
pub(super) fn integer(out: &mut dyn Write, x: f64) -> Result {
    write!(out, "{x:.0}")
}

/// Whether an attribute's number is written without a fraction.
#[cfg(feature = "serde")]
pub(super) fn is_whole(x: f64) -> bool {
    // below 10^15 all digits count; -0.0 would lose its sign
    x == x.trunc() && x.abs() < 1e15 && (x != 0.0 || x.is_sign_positive())
}

/// An attribute, as text.
pub(super) fn written_attr(out: &mut dyn Write, attr: &Attr, dtype: Dtype) -> Result {
    match attr {
        // attributes without a fraction are not rounded to the dtype: they may be sizes or seeds
        Attr::Number(x) if x.is_finite() && x.fract() != 0.0 => number(out, *x, dtype),
        Attr::List(items) => {
            out.write_char('[')?;
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.write_str(", ")?;
                }
                written_attr(out, item, dtype)?;
            }
            out.write_char(']')
        }
        other => write!(out, "{other}"),
    }
}

/// The attributes that are not at their default, to the bit: -0.0 differs from 0.
pub(crate) fn written_attrs(op: &Op) -> Vec<(&'static str, Attr)> {
    let specs = op.kind().map(|kind| kind.specs()).unwrap_or_default();
    let attrs = op.attrs().into_iter().zip(specs);
    let given = attrs
        .filter(|((_, value), spec)| !spec.default.as_ref().is_some_and(|d| same_attr(d, value)));
    given.map(|(attr, _)| attr).collect()
}

/// Equal to the bit, where there is one NaN.
pub(super) fn same_number(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Equal to the bit.
pub(super) fn same_attr(a: &Attr, b: &Attr) -> bool {
    match (a, b) {
        (Attr::Number(a), Attr::Number(b)) => same_number(*a, *b),
        (Attr::List(a), Attr::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_attr(a, b))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(x: f64, dtype: Dtype) -> String {
        let mut text = String::new();
        number(&mut text, x, dtype).unwrap();
        text
    }

    #[test]
    fn short_and_to_the_bit() {
        assert_eq!(written(0.1, Dtype::F64), "0.1");
        assert_eq!(written(f64::from(0.1f32), Dtype::F32), "0.1");
        assert_eq!(
            written(f64::from(0.1f32), Dtype::F64),
            "0.10000000149011612"
        );
        // what is no f32 keeps its digits until a reader rounds it
        assert_eq!(written(0.1, Dtype::F32), "0.1");
        assert_eq!(written(1.0 + 1e-12, Dtype::F32), "1.000000000001");
        assert_eq!(written(-0.0, Dtype::F64), "-0.0");
        assert_eq!(written(5e-324, Dtype::F64), "5e-324");
        assert_eq!(written(f64::NEG_INFINITY, Dtype::F32), "-inf");
    }

    #[test]
    fn the_one_f32_that_rounding_twice_misses() {
        let x = f64::from(f32::from_bits(0x15ae_43fd));
        assert_ne!(
            "7.038531e-26"
                .parse::<f64>()
                .map(|read| Dtype::F32.round(read)),
            Ok(x)
        );
        let read: f64 = written(x, Dtype::F32).parse().unwrap();
        assert_eq!(Dtype::F32.round(read), x);
    }
}
