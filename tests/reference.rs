//! Values and gradients that others computed: JAX, HIPS autograd and 60-digit arithmetic (tests/data/exam/README.md).
//!
//! Each file's cases are counted as passed, failed, or unsupported, and all must pass.

#![cfg(feature = "serde")]

use secant::Case;
use secant::engine::{Builtin, Engine, Named, Want, Way};
use secant::graph::Params;
use secant::number::{Dd, Number};
use secant::op::Kind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Passed, failed and unsupported cases of a file.
#[derive(Default, Debug)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    unsupported: BTreeMap<String, usize>,
}

/// A number, or one of the words for those that JSON does not have.
fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some(other) => panic!("{other} is no number"),
        None => value.as_f64().expect("a number"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

/// The exam's own rule: within tol * max(1, |b|); NaN answers NaN, infinities themselves.
fn right(found: f64, expected: f64, tol: f64) -> bool {
    found == expected
        || (found.is_nan() && expected.is_nan())
        || (found - expected).abs() <= tol * expected.abs().max(1.0)
}

/// What is wrong with an answer, if anything is.
fn fault(what: &str, found: Option<&Named>, expected: &Value, tol: f64) -> Option<String> {
    let Some(found) = found else {
        return Some(format!("no {what}"));
    };
    for (name, expected) in expected.as_object().expect("names") {
        let expected = numbers(expected);
        let Some((_, found)) = found.iter().find(|(other, _)| other == name) else {
            return Some(format!("no {what} of {name}"));
        };
        if found.len() != expected.len() {
            return Some(format!(
                "{what} of {name} has {} elements, not {}",
                found.len(),
                expected.len()
            ));
        }
        for (k, (&f, &e)) in found.iter().zip(&expected).enumerate() {
            if !right(f, e, tol) {
                return Some(format!("{what} of {name}[{k}] is {f:e}, not {e:e}"));
            }
        }
    }
    None
}

/// The operation of a case that does not exist here.
fn unknown_operation(case: &Value) -> Option<String> {
    let known = |op: &str| Kind::all().any(|kind| kind.name() == op);
    let ops = case["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["op"].as_str().expect("a name"));
    ops.into_iter().find(|op| !known(op)).map(str::to_string)
}

fn run(file: &str, ways: &[Way]) -> Tally {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/exam")
        .join(file);
    let mut tally = Tally::default();
    for line in std::fs::read_to_string(path)
        .expect("the exam is part of the project")
        .lines()
    {
        let entry: Value = serde_json::from_str(line).expect("a line of JSON");
        let id = entry["id"].as_str().expect("an id");
        if let Some(op) = unknown_operation(&entry["case"]) {
            *tally.unsupported.entry(op).or_default() += 1;
            continue;
        }
        let case = match Case::from_json(&entry["case"].to_string()) {
            Ok(case) => case,
            Err(e) => {
                tally.failed.push(format!("{id}: {e}"));
                continue;
            }
        };
        let tol = number(&entry["tol"]);
        let mut want = Want::gradient();
        let expect = &entry["expect"];
        if expect.get("hvp").is_some() {
            let direction = &entry["direction"];
            want.direction = Some(Params::from_iter(case.params.iter().map(|(name, x)| {
                (
                    name,
                    secant::Tensor::new(x.shape(), numbers(&direction[name]))
                        .expect("as many as the parameter"),
                )
            })));
        }
        let mut wrong = Vec::new();
        for way in ways {
            let mut engine = Builtin::new(*way);
            match engine.evaluate(&case, &want) {
                Err(e) => wrong.push(format!("{}: {e}", engine.name())),
                Ok(answer) => {
                    let faults = [
                        fault("value", answer.value.as_ref(), &expect["value"], tol),
                        fault(
                            "gradient",
                            answer.gradient.as_ref(),
                            &expect["gradient"],
                            tol,
                        ),
                        expect
                            .get("hvp")
                            .and_then(|hvp| fault("hvp", answer.hvp.as_ref(), hvp, 1e-8)),
                    ];
                    wrong.extend(
                        faults
                            .into_iter()
                            .flatten()
                            .map(|f| format!("{}: {f}", engine.name())),
                    );
                }
            }
        }
        match wrong.is_empty() {
            true => tally.passed += 1,
            false => tally.failed.push(format!("{id}: {}", wrong.join("; "))),
        }
    }
    println!(
        "{file}: {} passed, {} failed, unsupported: {:?}",
        tally.passed,
        tally.failed.len(),
        tally.unsupported
    );
    tally
}

#[track_caller]
fn check(file: &str, ways: &[Way], cases: usize) {
    let tally = run(file, ways);
    let failures = tally.failed.join("\n");
    assert!(tally.failed.is_empty(), "failed:\n{failures}");
    assert_eq!(tally.unsupported, BTreeMap::new());
    assert_eq!(tally.passed, cases);
}

#[test]
fn tensor_operations() {
    check("tensor.jsonl", &Way::ALL, 188);
}

#[test]
fn functions_of_one_number() {
    // the other engines differentiate formulas; at 1e300 and beyond only the rules of the table are meant to hold
    check("unary.jsonl", &[Way::Tape], 202);
}

/// How many units in the last place an ordinary point may be off, and why if that is more than 4.
fn units(op: &str, what: &str, x: f64) -> (f64, &'static str) {
    match (op, what) {
        ("gelu", "gradient") if (x + 0.75).abs() < 0.1 => (16.0, NEAR_ZERO),
        ("gelu_tanh", "gradient") if (x + 0.75).abs() < 0.2 => (24.0, NEAR_ZERO),
        ("silu", "gradient") if (x + 1.28).abs() < 0.04 => (48.0, NEAR_ZERO),
        ("mish", "gradient") if (x + 1.19).abs() < 0.1 => (24.0, NEAR_ZERO),
        ("gelu_tanh", _) if x < -10.5 => (f64::INFINITY, CANCELLED),
        ("gelu_tanh", _) if x < -1.0 => (4.0 + 0.1 * (x * x * x).abs(), CUBIC),
        _ => (4.0, ""),
    }
}
const NEAR_ZERO: &str = "the derivative has a zero close by, where its two terms cancel";
const CUBIC: &str = "a rounding of the cubic in the exponent counts as often as the cubic is large";
const CANCELLED: &str = "1 + tanh took the 60 digits that the exam's own result was computed with";

/// The distance in units in the last place of `exact`, of which the text has 17 digits or more.
fn ulps(found: f64, exact: &str) -> f64 {
    let exact: Dd = exact.parse().expect("a number");
    let nearest = exact.hi();
    if found == nearest || (found.is_nan() && nearest.is_nan()) {
        return 0.0;
    }
    let unit = libm::scalbn(1.0, libm::ilogb(nearest).max(-1022) - 52);
    let distance = (Dd::of(found) - exact).abs().hi() / unit;
    if distance.is_finite() {
        distance
    } else {
        f64::INFINITY
    }
}

/// Values and first derivatives at ordinary points, against exact results.
#[test]
fn functions_of_one_number_are_within_four_units() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/exam/unary.jsonl");
    let text = std::fs::read_to_string(path).expect("the exam is part of the project");
    let mut worst: BTreeMap<(String, &str), (f64, String)> = BTreeMap::new();
    let (mut points, mut failures) = (0, Vec::new());
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).expect("a line of JSON");
        let exact = &entry["expect"]["exact17"];
        let tags: Vec<&str> = entry["tags"]
            .as_array()
            .expect("tags")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if !tags.contains(&"core") || !tags.contains(&"ones") {
            continue;
        }
        let case = Case::from_json(&entry["case"].to_string()).expect("a case");
        let answer = Builtin::new(Way::Tape)
            .evaluate(&case, &Want::gradient())
            .expect("an answer");
        let x = case.params.values().next().expect("a parameter").to_vec();
        for (what, found) in [("value", answer.value), ("gradient", answer.gradient)] {
            for (name, found) in found.expect("what was asked for") {
                let exact = exact[what][&name].as_array().expect("as many as points");
                assert_eq!(found.len(), exact.len());
                for ((&x, found), exact) in x.iter().zip(found).zip(exact) {
                    let exact = exact.as_str().expect("a decimal number");
                    let error = ulps(found, exact);
                    points += 1;
                    let place = format!("{found:e} at {x:?}, not {exact}");
                    let (limit, why) = units(tags[0], what, x);
                    if error > limit {
                        failures.push(format!("{what} of {}: {error:.1} units, {place}", tags[0]));
                    }
                    if error > 4.0 {
                        println!("{what} of {}: {error:.1} units, {place}: {why}", tags[0]);
                        continue;
                    }
                    let slot = worst.entry((tags[0].to_string(), what)).or_default();
                    if error > slot.0 {
                        *slot = (error, place);
                    }
                }
            }
        }
    }
    for ((op, what), (error, place)) in &worst {
        println!("{op:>14} {what:>8} {error:8.3} {place}");
    }
    println!("{points} numbers of {} operations", worst.len() / 2);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(points > 4000);
}

/// At +-800, 1e-300, 1e300 and the like (tests/data/extreme.py): values and gradients of the operations that are easily
/// done badly there.
#[test]
fn extreme_arguments_are_within_four_units() {
    let mut worst: BTreeMap<(String, &str), (f64, String)> = BTreeMap::new();
    for line in include_str!("data/extreme.jsonl").lines() {
        let entry: Value = serde_json::from_str(line).expect("a line of JSON");
        let case = Case::from_json(&entry["case"].to_string()).expect("a case");
        let op = entry["case"]["nodes"][0]["op"].as_str().expect("a name");
        let answer = Builtin::new(Way::Tape).evaluate(&case, &Want::gradient());
        let answer = answer.expect("an answer");
        for (what, found) in [("value", answer.value), ("gradient", answer.gradient)] {
            for (name, found) in found.expect("what was asked for") {
                let exact = entry["exact"][what][&name].as_array().expect("a list");
                assert_eq!(found.len(), exact.len(), "{op}");
                for (k, (found, exact)) in found.into_iter().zip(exact).enumerate() {
                    let exact = exact.as_str().expect("a decimal number");
                    let error = ulps(found, exact);
                    let slot = worst.entry((op.to_string(), what)).or_default();
                    if error > slot.0 {
                        let at: Vec<Vec<f64>> = case.params.values().map(|x| x.to_vec()).collect();
                        *slot = (
                            error,
                            format!("{name}[{k}] is {found:e} at {at:?}, not {exact}"),
                        );
                    }
                }
            }
        }
    }
    for ((op, what), (error, place)) in &worst {
        println!("{op:>14} {what:>8} {error:8.3} {place}");
    }
    assert_eq!(worst.len(), 2 * 10);
    let wrong: Vec<_> = worst
        .iter()
        .filter(|(_, (error, _))| *error > 4.0)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whole_programs() {
    check("programs.jsonl", &[Way::Tape, Way::Graph, Way::Scalar], 43);
}
