//! The numbers against the truth: tables of function values to 45 digits (tests/data/functions.py), the rules of IEEE
//! 754 at special values, and the identities that error-free arithmetic must keep.

use secant::number::{Dd, Number, Real};
use serde_json::Value;
use std::borrow::Borrow;

#[path = "numbers/algebra.rs"]
mod algebra;
#[path = "numbers/conventions.rs"]
mod conventions;
#[path = "numbers/special.rs"]
mod special;

/// A function that the tables hold.
enum Function<N> {
    Unary(fn(N) -> N),
    Binary(fn(N, N) -> N),
}

impl<N: Number> Function<N> {
    fn apply(&self, arguments: &[N]) -> N {
        match *self {
            Self::Unary(f) => f(arguments[0]),
            Self::Binary(f) => f(arguments[0], arguments[1]),
        }
    }
}

/// The functions by name, those of one argument first.
fn functions<N: Number>() -> Vec<(&'static str, Function<N>)> {
    macro_rules! list {
        ($($unary:ident)*; $($binary:ident)*) => {
            vec![
                $((stringify!($unary), Function::Unary(N::$unary as fn(N) -> N)),)*
                $((stringify!($binary), Function::Binary(N::$binary as fn(N, N) -> N)),)*
            ]
        };
    }
    list! {
        abs sign sqrt cbrt exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh
        acosh atanh sinc erf erfc floor ceil round trunc;
        pow atan2 hypot fmod remainder
    }
}

/// A row of the tables.
struct Row {
    arguments: Vec<f64>,
    text: String,
    truth: Dd,
}

fn tables() -> Value {
    serde_json::from_str(include_str!("data/functions.json")).expect("the table is JSON")
}

fn rows(tables: &Value, name: &str) -> Vec<Row> {
    let rows = tables[name]
        .as_array()
        .unwrap_or_else(|| panic!("no table of {name}"));
    let row = |row: &Value| {
        let cells: Vec<&str> = row
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let (result, arguments) = cells.split_last().expect("a row has a result");
        Row {
            arguments: arguments
                .iter()
                .map(|x| x.parse().expect("a number"))
                .collect(),
            text: result.to_string(),
            truth: result.parse().expect("a number"),
        }
    };
    rows.iter().map(row).collect()
}

/// What kind of number it is, with the sign where that is part of the kind.
fn class(x: f64) -> String {
    match x {
        x if x.is_nan() => "nan".into(),
        x if x == 0.0 || x.is_infinite() => format!("{x}"),
        _ => "finite".into(),
    }
}

/// The relative error of a double-double number, infinite if its kind is wrong.
fn relative_error(computed: Dd, truth: Dd) -> f64 {
    let (got, expected) = (class(computed.hi()), class(truth.hi()));
    // Below the normal range the error is absolute: three units of the smallest number.
    if truth.hi().abs() < 1e-300 && (computed - truth).abs() <= Dd::of(1.5e-323) {
        return if truth.hi() != 0.0 || computed.hi() != 0.0 || got == expected {
            0.0
        } else {
            f64::INFINITY
        };
    }
    if got != expected {
        return f64::INFINITY;
    }
    if got != "finite" {
        return 0.0;
    }
    let allowance = Dd::of(1.5e-323);
    let difference = (computed - truth).abs();
    if difference <= allowance {
        0.0
    } else {
        (difference / truth.abs()).to_f64()
    }
}

/// The error in units in the last place of a format with `digits` bits and the given range of exponents.
fn ulps(computed: f64, truth: Dd, digits: i32, exponents: std::ops::RangeInclusive<i32>) -> f64 {
    let largest = (2.0 - 2f64.powi(1 - digits)) * 2f64.powi(*exponents.end());
    if computed.is_nan() || truth.is_nan() || truth.hi() == 0.0 {
        return if class(computed) == class(truth.hi()) {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let beyond = truth.hi().abs() > largest;
    if beyond || computed.is_infinite() {
        let right = beyond && computed.abs() >= largest && (computed > 0.0) == (truth.hi() > 0.0);
        return if right { 0.0 } else { f64::INFINITY };
    }
    let unit = libm::scalbn(
        1.0,
        libm::ilogb(truth.hi()).max(*exponents.start()) - digits + 1,
    );
    ((Dd::of(computed) - truth).hi() / unit).abs()
}

fn double_ulps(computed: f64, truth: Dd) -> f64 {
    ulps(computed, truth, 53, -1022..=1023)
}

fn single_ulps(computed: f32, truth: Dd) -> f64 {
    ulps(computed.into(), truth, 24, -126..=127)
}

/// The worst error of a function, and where.
#[derive(Default)]
struct Worst {
    error: f64,
    place: String,
    points: usize,
}

impl Worst {
    fn note(&mut self, error: f64, row: &Row, computed: &dyn std::fmt::Debug) {
        self.points += 1;
        // An error that is not a number must not be forgotten.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.error {
            self.error = error;
            self.place = format!("{:?} gives {computed:?}, not {}", row.arguments, row.text);
        }
    }
}

/// Prints the table of worst errors, then fails with the lines above the limit.
fn judge<W: Borrow<Worst>>(title: &str, worst: &[(&str, W)], limit: impl Fn(&str) -> f64) {
    println!("{title}");
    let mut failures = Vec::new();
    for (name, worst) in worst {
        let worst = worst.borrow();
        println!(
            "{name:>16} {:9.3e} in {:4} points; {}",
            worst.error, worst.points, worst.place
        );
        if worst.error > limit(name) {
            failures.push(format!("{name}: {:e} at {}", worst.error, worst.place));
        }
    }
    assert!(failures.is_empty(), "{title}:\n{}", failures.join("\n"));
}

#[test]
fn double_double_functions_are_exact_to_28_digits() {
    let tables = tables();
    let mut worst: Vec<(&str, Worst)> = Vec::new();
    for (name, function) in functions::<Dd>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, name) {
            let arguments: Vec<Dd> = row.arguments.iter().map(|&x| Dd::of(x)).collect();
            let computed = function.apply(&arguments);
            of_function.note(relative_error(computed, row.truth), &row, &computed);
        }
        for row in rows(&tables, &format!("{name} pairs")) {
            let arguments: Vec<Dd> = row
                .arguments
                .chunks(2)
                .map(|x| Dd::from_sum(x[0], x[1]))
                .collect();
            let computed = function.apply(&arguments);
            of_function.note(relative_error(computed, row.truth), &row, &computed);
        }
        assert!(of_function.points >= 100, "{name} has a small table");
        worst.push((name, of_function));
    }
    judge("relative errors of Dd", &worst, |name| {
        if name.starts_with("erf") {
            1e-25
        } else {
            1e-28
        }
    });
}

#[test]
fn double_functions_are_within_two_units() {
    let tables = tables();
    let mut worst: Vec<(&str, Worst)> = Vec::new();
    for (name, function) in functions::<f64>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, name) {
            let computed = function.apply(&row.arguments);
            of_function.note(double_ulps(computed, row.truth), &row, &computed);
        }
        worst.push((name, of_function));
    }
    judge("errors of f64 in units in the last place", &worst, |_| 2.0);
}

#[test]
fn single_functions_are_within_two_units() {
    let tables = tables();
    let mut worst: Vec<(&str, Worst)> = Vec::new();
    for (name, function) in functions::<f32>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, name) {
            let arguments: Vec<f32> = row.arguments.iter().map(|&x| x as f32).collect();
            let exact = arguments
                .iter()
                .zip(&row.arguments)
                .all(|(&x, &y)| f64::from(x) == y || y.is_nan());
            if exact {
                let computed = function.apply(&arguments);
                of_function.note(single_ulps(computed, row.truth), &row, &computed);
            }
        }
        assert!(of_function.points >= 60, "{name} has few points for f32");
        worst.push((name, of_function));
    }
    judge("errors of f32 in units in the last place", &worst, |_| 2.0);
}

/// Seeded random numbers (Knuth's MMIX generator, high bits).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        let mut next = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.0 >> 32
        };
        next() << 32 | next()
    }

    /// Of either sign, with an exponent of at most `range` in size.
    fn double(&mut self, range: i32) -> f64 {
        let significand = 1.0 + (self.bits() >> 12) as f64 * 2f64.powi(-52);
        let exponent = (self.bits() % (2 * range as u64 + 1)) as i32 - range;
        let sign = if self.bits() >> 63 == 0 { 1.0 } else { -1.0 };
        sign * libm::scalbn(significand, exponent)
    }

    /// Both parts random; at times the low part is far below the high one, or 0.
    fn pair(&mut self, range: i32) -> Dd {
        let hi = self.double(range);
        let gap = match self.bits() % 8 {
            0 => 53 + (self.bits() % 60) as i32,
            1 => return hi.into(),
            _ => 54,
        };
        Dd::from_sum(hi, libm::scalbn(self.double(0), libm::ilogb(hi) - gap))
    }
}
