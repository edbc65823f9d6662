//! Derivatives that somebody else computed, out of a JSON file: `{"gradient": {"w": [..]}}`, and for the second order
//! `{"hvp": {"w": [..]}, "direction": {"w": [..]}}`.

use crate::input;
use secant::engine::{Evaluation, Named, Want};
use secant::tensor::Shape;
use secant::{Case, Params, Tensor};
use serde_json::{Map, Value};
use std::path::Path;

/// A claim, and what it claims to answer.
pub(crate) struct Claim {
    pub(crate) answer: Evaluation,
    pub(crate) want: Want,
}

/// Reads what a file claims of a case.
pub(crate) fn read(path: &Path, case: &Case, order: u8) -> Result<Claim, String> {
    let wrong = |message: String| format!("{}: {message}", path.display());
    let source = input::text(path)?;
    let value: Value = serde_json::from_str(&source).map_err(|e| wrong(e.to_string()))?;
    let Value::Object(claim) = value else {
        return Err(wrong("expected an object with the key `gradient`".into()));
    };
    let mut problems = Vec::new();
    let mut take = |key: &str| match claim.get(key) {
        None => {
            problems.push(format!("has no `{key}`"));
            None
        }
        Some(Value::Object(entries)) => Some(params(key, entries, case, &mut problems)),
        Some(_) => {
            problems.push(format!("`{key}`: expected an object of lists of numbers"));
            None
        }
    };
    let second = order >= 2;
    let gradient = (!second || claim.contains_key("gradient")).then(|| take("gradient"));
    let hvp = second.then(|| take("hvp"));
    let direction = second.then(|| take("direction"));
    if !problems.is_empty() {
        return Err(wrong(problems.join("; ")));
    }
    let (gradient, hvp, direction) = (gradient.flatten(), hvp.flatten(), direction.flatten());
    let want = Want {
        gradient: gradient.is_some(),
        direction,
        ..Want::default()
    };
    let answer = Evaluation {
        gradient: gradient.map(named),
        hvp: hvp.map(named),
        ..Evaluation::default()
    };
    Ok(Claim { answer, want })
}

fn named(params: Params<f64>) -> Named {
    let entries = params
        .iter()
        .map(|(name, x)| (name.to_string(), x.to_vec()));
    entries.collect()
}

/// Numbers for every parameter of the case; all that is wrong with them goes to `problems`.
fn params(
    key: &str,
    entries: &Map<String, Value>,
    case: &Case,
    problems: &mut Vec<String>,
) -> Params<f64> {
    for name in entries.keys() {
        if case.params.get(name).is_none() {
            problems.push(format!(
                "`{key}` has `{name}`, which is no parameter of the case"
            ));
        }
    }
    let mut found = Params::new();
    for (name, x) in case.params.iter() {
        let Some(value) = entries.get(name) else {
            problems.push(format!("`{key}` has nothing for the parameter `{name}`"));
            continue;
        };
        match tensor(value, x.shape()) {
            Ok(tensor) => found.insert(name, tensor),
            Err(e) => problems.push(format!("`{key}` of `{name}`: {e}")),
        }
    }
    found
}

/// Numbers of a shape: flat in row-major order, or nested as the shape says.
fn tensor(value: &Value, shape: &Shape) -> Result<Tensor<f64>, String> {
    let mut numbers = Vec::new();
    let flat = match value {
        Value::Array(items) => items.iter().all(|item| !item.is_array()),
        _ => false,
    };
    let sizes = if flat {
        vec![shape.count()]
    } else {
        shape.to_vec()
    };
    flatten(value, &sizes, &mut numbers).map_err(|e| format!("{e}, for the shape {shape}"))?;
    Tensor::new(shape, numbers).map_err(|e| e.to_string())
}

fn flatten(value: &Value, sizes: &[usize], numbers: &mut Vec<f64>) -> Result<(), String> {
    match (value, sizes) {
        (Value::Array(items), [size, rest @ ..]) => {
            if items.len() != *size {
                return Err(format!(
                    "found {} numbers or rows, expected {size}",
                    items.len()
                ));
            }
            items
                .iter()
                .try_for_each(|item| flatten(item, rest, numbers))
        }
        (Value::Array(_), []) => Err("found a list, expected a number".into()),
        (_, [_, ..]) => Err(format!("found {value}, expected a list of numbers")),
        (value, []) => {
            numbers.push(number(value).ok_or_else(|| {
                format!("found {value}, expected a number, \"nan\", \"inf\" or \"-inf\"")
            })?);
            Ok(())
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(x) => x.as_f64(),
        Value::String(word) => match word.as_str() {
            "nan" => Some(f64::NAN),
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn flat_and_nested_numbers() {
        let read = |value: Value, sizes: &[usize]| {
            tensor(&value, &Shape::from(sizes)).map(|tensor| tensor.to_vec())
        };
        assert_eq!(
            read(json!([1, 2.5, "inf", -0.0]), &[2, 2]).unwrap()[2],
            f64::INFINITY
        );
        assert_eq!(
            read(json!([[1, 2], [3, 4]]), &[2, 2]).unwrap(),
            [1.0, 2.0, 3.0, 4.0]
        );
        assert_eq!(read(json!(7), &[]).unwrap(), [7.0]);
        assert_eq!(read(json!([7]), &[]).unwrap(), [7.0]);
        assert!(read(json!([]), &[0, 3]).unwrap().is_empty());
        // the transpose has as many numbers
        assert!(read(json!([[1, 2], [3, 4], [5, 6]]), &[2, 3]).is_err());
        assert!(read(json!([1, 2, 3]), &[2, 2]).is_err());
        assert!(read(json!([null, 2]), &[2]).is_err());
        assert!(read(json!(["NaN", 2]), &[2]).is_err());
    }
}
