//! The special functions and their derivatives against tables (tests/data/special.py).

use super::{Row, Worst, double_ulps, judge, relative_error, rows, single_ulps};
use secant::number::{Dd, Dual, Number};
use secant::op::{Pointwise, Row as Operation};
use serde_json::Value;

/// Orders of the families of functions that have tables.
const ORDERS: [i32; 5] = [0, 1, 2, 8, 60];

/// A function by its name in the tables, and its operation.
struct Function<N> {
    name: String,
    apply: Box<dyn Fn(N) -> N>,
    operation: Pointwise,
}

fn functions<N: Number + 'static>() -> Vec<Function<N>> {
    let plain = |name: &str, apply: fn(N) -> N, row| Function {
        name: name.into(),
        apply: Box::new(apply),
        operation: Pointwise::new(row),
    };
    let mut all = vec![
        plain("lgamma", N::lgamma, Operation::Lgamma),
        plain("erfinv", N::erfinv, Operation::Erfinv),
        plain("normal_cdf", N::normal_cdf, Operation::NormalCdf),
        plain("log_normal_cdf", N::log_normal_cdf, Operation::LogNormalCdf),
    ];
    type OfOrder<N> = fn(N, i32) -> N;
    let families: [(&str, OfOrder<N>, Operation); 3] = [
        ("polygamma", N::polygamma, Operation::Polygamma),
        ("ierfcx", N::ierfcx, Operation::Ierfcx),
        ("bessel_i", N::bessel_i, Operation::BesselI),
    ];
    for (name, apply, row) in families {
        all.extend(ORDERS.map(|n| Function {
            name: format!("{name} {n}"),
            apply: Box::new(move |x| apply(x, n)),
            operation: Pointwise::with(row, [n.into(), 0.0]),
        }));
    }
    all
}

fn tables() -> Value {
    serde_json::from_str(include_str!("../data/special.json")).expect("the table is JSON")
}

fn judge_all(title: &str, worst: &[(String, Worst)], limit: f64) {
    let worst: Vec<(&str, &Worst)> = worst.iter().map(|(n, w)| (n.as_str(), w)).collect();
    judge(title, &worst, |_| limit);
}

#[test]
fn double_double_special_functions_are_exact_to_25_digits() {
    let tables = tables();
    let mut worst = Vec::new();
    for f in functions::<Dd>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, &f.name) {
            let computed = (f.apply)(row.arguments[0].into());
            of_function.note(relative_error(computed, row.truth), &row, &computed);
        }
        for row in rows(&tables, &format!("{} pairs", f.name)) {
            let computed = (f.apply)(Dd::from_sum(row.arguments[0], row.arguments[1]));
            of_function.note(relative_error(computed, row.truth), &row, &computed);
        }
        assert!(of_function.points >= 100, "{} has a small table", f.name);
        worst.push((f.name, of_function));
    }
    judge_all("relative errors of Dd", &worst, 1e-25);
}

#[test]
fn double_special_functions_are_within_two_units() {
    let tables = tables();
    let mut worst = Vec::new();
    for f in functions::<f64>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, &f.name) {
            let computed = (f.apply)(row.arguments[0]);
            of_function.note(double_ulps(computed, row.truth), &row, &computed);
        }
        worst.push((f.name, of_function));
    }
    judge_all("errors of f64 in units in the last place", &worst, 2.0);
}

/// Beside a zero left of 0 terms cancel, of which Dd has 31 digits: what is left is absolute.
#[test]
fn double_special_functions_beside_their_zeros() {
    let tables = tables();
    let mut worst = Vec::new();
    for f in functions::<f64>() {
        let name = format!("{} roots", f.name);
        if tables.get(&name).is_none() {
            continue;
        }
        let mut of_function = Worst::default();
        for row in rows(&tables, &name) {
            let computed = (f.apply)(row.arguments[0]);
            let absolute = (Dd::of(computed) - row.truth).abs().hi();
            let error = if absolute < 1e-30 {
                0.0
            } else {
                double_ulps(computed, row.truth)
            };
            of_function.note(error, &row, &computed);
        }
        assert!(of_function.points > 20, "{name} is a small table");
        worst.push((name, of_function));
    }
    assert_eq!(worst.len(), 3);
    judge_all("errors of f64 beside zeros", &worst, 2.0);
}

#[test]
fn single_special_functions_are_within_one_unit() {
    let tables = tables();
    let mut worst = Vec::new();
    for f in functions::<f32>() {
        let mut of_function = Worst::default();
        for row in rows(&tables, &f.name) {
            let x = row.arguments[0];
            if f64::from(x as f32) == x || x.is_nan() {
                let computed = (f.apply)(x as f32);
                of_function.note(single_ulps(computed, row.truth), &row, &computed);
            }
        }
        assert!(
            of_function.points >= 60,
            "{} has few points for f32",
            f.name
        );
        worst.push((f.name, of_function));
    }
    judge_all("errors of f32 in units in the last place", &worst, 1.0);
}

/// The derivatives of the operations, and those of dual numbers, which share no line with them.
#[test]
fn slopes_of_special_functions_are_within_four_units() {
    let tables = tables();
    let slopes = |name: &str| -> Vec<Row> { rows(&tables, &format!("{name} slope")) };
    let (mut of_rows, mut of_duals) = (Vec::new(), Vec::new());
    for (f, dual) in functions::<f64>().into_iter().zip(functions::<Dual<f64>>()) {
        let (mut by_row, mut by_dual) = (Worst::default(), Worst::default());
        for row in slopes(&f.name) {
            let x = row.arguments[0];
            let slope = f.operation.partial(0, &[x], f.operation.value(&[x]));
            by_row.note(double_ulps(slope, row.truth), &row, &slope);
            let slope = (dual.apply)(Dual::variable(x)).tangent;
            by_dual.note(double_ulps(slope, row.truth), &row, &slope);
        }
        assert!(by_row.points >= 40, "{} has few slopes", f.name);
        of_rows.push((f.name.clone(), by_row));
        of_duals.push((f.name, by_dual));
    }
    judge_all("errors of the operations' slopes in f64", &of_rows, 4.0);
    judge_all(
        "errors of the slopes of dual numbers in f64",
        &of_duals,
        4.0,
    );
}

/// Orders that have no function, or none that is computed, are NaN and cost nothing.
#[test]
fn orders_beyond_the_range_are_not_a_number() {
    for n in [-1, 1001, i32::MAX, i32::MIN] {
        for x in [0.0, 0.5, -0.5, 40.0, -40.0, f64::INFINITY] {
            assert!(x.polygamma(n).is_nan() && x.ierfcx(n).is_nan(), "{x} {n}");
            assert_eq!(x.bessel_i(n).is_nan(), n != -1, "{x} {n}");
            let moving = Dual::variable(x);
            let _ = (moving.polygamma(n), moving.ierfcx(n), moving.bessel_i(n));
        }
    }
    // the largest ones: 1000! zeta(1001) overflows, unless a power of x takes it back
    assert_eq!(0.5.polygamma(999), f64::INFINITY);
    assert_eq!(1.0.ierfcx(1000), 0.0);
    assert_eq!(1e-3.bessel_i(1000), 0.0);
}
