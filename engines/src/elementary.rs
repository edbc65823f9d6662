//! Rows that scalar engines share word for word: their numbers have the operators and methods of Rust's own.

/// A binary operator: of two numbers, or with one of Rust's on its right, and on its `left` too where the engine has that.
macro_rules! operator {
    ($at:ident, $map:ident, $zip:ident, $op:tt $(, $left:ident)?) => {
        match ($at.number(0), $at.number(1), $at.pick(2)) {
            (_, Some(z), 0) => $map($at, |x| *x $op z),
            $((Some($left), _, 0) => $zip($at, |_, z| $left $op *z),)?
            _ => $zip($at, |x, z| *x $op *z),
        }
    };
}
pub(crate) use operator;

/// The functions that engines have under the names that they have for Rust's own numbers.
#[allow(unused_macros)] // by all
macro_rules! elementary {
    ($L:ty, $map:ident, $zip:ident) => {{
        let rows: Vec<Row<$L>> = vec![
            ("neg", |at| $map(at, |x| -*x)),
            ("abs", |at| $map(at, |x| x.abs())),
            ("cube", |at| $map(at, |x| x.powi(3))),
            ("recip", |at| match at.pick(2) {
                0 => $map(at, |x| x.recip()),
                _ => $map(at, |x| x.powi(-1)),
            }),
            ("powi", |at| {
                let n = at.get::<i64>("n") as i32;
                $map(at, |x| x.powi(n))
            }),
            ("sqrt", |at| $map(at, |x| x.sqrt())),
            ("cbrt", |at| $map(at, |x| x.cbrt())),
            ("exp", |at| $map(at, |x| x.exp())),
            ("exp2", |at| $map(at, |x| x.exp2())),
            ("expm1", |at| $map(at, |x| x.exp_m1())),
            ("log", |at| $map(at, |x| x.ln())),
            ("log2", |at| $map(at, |x| x.log2())),
            ("log10", |at| $map(at, |x| x.log10())),
            ("log1p", |at| $map(at, |x| x.ln_1p())),
            ("sin", |at| match at.pick(2) {
                0 => $map(at, |x| x.sin()),
                _ => $map(at, |x| x.sin_cos().0),
            }),
            ("cos", |at| match at.pick(2) {
                0 => $map(at, |x| x.cos()),
                _ => $map(at, |x| x.sin_cos().1),
            }),
            ("tan", |at| $map(at, |x| x.tan())),
            ("asin", |at| $map(at, |x| x.asin())),
            ("acos", |at| $map(at, |x| x.acos())),
            ("atan", |at| $map(at, |x| x.atan())),
            ("sinh", |at| $map(at, |x| x.sinh())),
            ("cosh", |at| $map(at, |x| x.cosh())),
            ("tanh", |at| $map(at, |x| x.tanh())),
            ("asinh", |at| $map(at, |x| x.asinh())),
            ("acosh", |at| $map(at, |x| x.acosh())),
            ("atanh", |at| $map(at, |x| x.atanh())),
            ("atan2", |at| $zip(at, |x, z| x.atan2(*z))),
        ];
        rows
    }};
}
#[allow(unused_imports)] // by all
pub(crate) use elementary;

/// The functions that an engine's number has besides, if it is a `Float`.
#[allow(unused_macros)] // by all
macro_rules! rounding {
    ($L:ty, $map:ident, $zip:ident) => {{
        let rows: Vec<Row<$L>> = vec![
            ("floor", |at| $map(at, |x| x.floor())),
            ("ceil", |at| $map(at, |x| x.ceil())),
            ("trunc", |at| $map(at, |x| x.trunc())),
            ("hypot", |at| $zip(at, |x, z| x.hypot(*z))),
            ("max", |at| $zip(at, |x, z| x.max(*z))),
            ("min", |at| $zip(at, |x, z| x.min(*z))),
            ("fmod", |at| $zip(at, |x, z| *x % *z)),
            ("deg2rad", |at| $map(at, |x| x.to_radians())),
        ];
        rows
    }};
}
#[allow(unused_imports)] // by all
pub(crate) use rounding;
