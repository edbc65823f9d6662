//! The protocol: messages in, answers out, and the clock.
//!
//! Only the computation is timed: an input is read and prepared before, an output written after. Nothing that comes in may
//! stop the tool: what cannot be answered is an answer that says why, or, where there is no message to answer, a line on the
//! standard error.

use super::module;
use secant::Tensor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

/// Answers every line of `input` until it ends.
pub(crate) fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            match read(&line) {
                Ok((id, message)) => {
                    writeln!(output, "{}", answer(id, &message))?;
                    output.flush()?;
                }
                Err(error) => eprintln!("a line that is no message: {error}"),
            }
        }
        line.clear();
    }
    Ok(())
}

/// A message and its id.
fn read(line: &[u8]) -> Result<(Value, Value), String> {
    let message: Value = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    let id = message
        .get("id")
        .ok_or("expected an object with an `id`")?
        .clone();
    Ok((id, message))
}

fn answer(id: Value, message: &Value) -> Value {
    let text = |field: &str| message[field].as_str().unwrap_or_default();
    match text("kind") {
        "start" => json!({ "id": id, "tool": "secant" }),
        "define" => match module(text("module")) {
            Some(_) => json!({ "id": id, "success": true }),
            None => failed(id, &unknown_module(text("module"))),
        },
        "evaluate" => {
            let outcome = module(text("module"))
                .ok_or_else(|| unknown_module(text("module")))
                .and_then(|call| {
                    let request = Request {
                        input: &message["input"],
                    };
                    call(text("function"), &request)
                });
            match outcome {
                Ok(Measured { output, runs }) => {
                    let timing = |run: &Duration| json!({ "name": "evaluate", "nanoseconds": run.as_nanos() as u64 });
                    let timings: Value = runs.iter().map(timing).collect();
                    json!({ "id": id, "success": true, "output": output, "timings": timings })
                }
                Err(error) => failed(id, &error),
            }
        }
        _ => json!({ "id": id }),
    }
}

fn failed(id: Value, error: &str) -> Value {
    json!({ "id": id, "success": false, "error": error })
}

fn unknown_module(name: &str) -> String {
    let names: Vec<&str> = super::MODULES.iter().map(|(name, _)| *name).collect();
    format!(
        "there is no module `{name}`: expected one of {}",
        names.join(", ")
    )
}

/// The answer to a function that a module does not have.
pub(crate) fn unknown_function(name: &str) -> Answer {
    Err(format!("there is no function `{name}` in this module"))
}

/// An error of the library as an answer's text.
pub(crate) fn text(error: secant::Error) -> String {
    error.to_string()
}

/// What was computed and how long each run took, or what was wrong with the request.
pub(crate) type Answer = Result<Measured, String>;

/// An output and the duration of each run.
pub(crate) struct Measured {
    output: Value,
    runs: Vec<Duration>,
}

/// The input of an evaluation.
pub(crate) struct Request<'a> {
    input: &'a Value,
}

impl Request<'_> {
    /// Reads an input and makes what `run` works on; runs it at least once, as often and as long as the input asks; and
    /// writes the last result. Only the runs are timed.
    ///
    /// # Errors
    /// If the input does not read as an `I` or cannot be prepared, if a run fails, or if its result is not finite.
    pub(crate) fn measure<I: DeserializeOwned, P, R, O: Serialize>(
        &self,
        prepare: impl FnOnce(I) -> Result<P, String>,
        mut run: impl FnMut(&mut P) -> Result<R, String>,
        write: impl FnOnce(R) -> O,
    ) -> Answer {
        let (min_runs, min_seconds) = (self.minimum("min_runs")?, self.minimum("min_seconds")?);
        let input = I::deserialize(self.input).map_err(|e| format!("the input: {e}"))?;
        let mut prepared = prepare(input)?;
        let (mut runs, mut total) = (Vec::new(), Duration::ZERO);
        loop {
            let start = Instant::now();
            let result = run(&mut prepared)?;
            let took = start.elapsed();
            runs.push(took);
            total += took;
            if runs.len() as f64 >= min_runs && total.as_secs_f64() >= min_seconds {
                let output = serde_json::to_value(write(result)).map_err(|e| e.to_string())?;
                return match has_null(&output) {
                    // JSON has no other word for what is infinite or not a number
                    true => Err("the result is not finite".into()),
                    false => Ok(Measured { output, runs }),
                };
            }
        }
    }

    /// A number of the input that bounds the runs from below; 0 where it is missing.
    fn minimum(&self, name: &str) -> Result<f64, String> {
        match self.input.get(name) {
            None => Ok(0.0),
            Some(bound) => bound
                .as_f64()
                .ok_or_else(|| format!("{name}: expected a number, found {bound}")),
        }
    }
}

fn has_null(output: &Value) -> bool {
    match output {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

/// Rows as a matrix, all of them as long as the first, at least one.
pub(crate) fn matrix(name: &str, rows: &[Vec<f64>]) -> Result<Tensor<f64>, String> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.is_empty() || rows.iter().any(|row| row.len() != width) {
        return Err(format!("{name}: expected one or more rows of equal length"));
    }
    Tensor::new([rows.len(), width], rows.concat()).map_err(|e| format!("{name}: {e}"))
}

/// The same, of a shape that is known.
pub(crate) fn matrix_of(
    name: &str,
    rows: &[Vec<f64>],
    shape: [usize; 2],
) -> Result<Tensor<f64>, String> {
    let found = matrix(name, rows)?;
    match found.shape().to_vec() == shape {
        true => Ok(found),
        false => Err(format!(
            "{name}: expected shape {shape:?}, found {}",
            found.shape()
        )),
    }
}

/// The rows of a matrix.
pub(crate) fn rows(matrix: &Tensor<f64>) -> Vec<Vec<f64>> {
    let (height, width) = (matrix.shape()[0], matrix.shape()[1]);
    let flat = matrix.to_vec();
    (0..height)
        .map(|row| flat[row * width..(row + 1) * width].to_vec())
        .collect()
}

/// Refuses what is not from `low` to `high`.
pub(crate) fn within(name: &str, found: usize, low: usize, high: usize) -> Result<(), String> {
    match (low..=high).contains(&found) {
        true => Ok(()),
        false => Err(format!(
            "{name}: expected a number from {low} to {high}, found {found}"
        )),
    }
}
