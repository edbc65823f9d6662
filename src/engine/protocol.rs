//! The words of the protocol: how requests and answers are written and read.
//!
//! One JSON object a line, in turn. [`ProcessEngine`](super::ProcessEngine) asks, [`serve`](super::serve()) answers; both
//! speak through this module only. Data are flat, row-major lists; numbers that are not finite are the strings `"nan"`,
//! `"inf"` and `"-inf"`. Numbers read back to the bit. Unknown keys are passed over, so that either side may learn more.

use super::{Capabilities, EngineError, Evaluation, Mode, Named, Want};
use crate::graph::json::{Element, Entries};
use crate::graph::{Case, Dtype, Params};
use serde_json::value::RawValue;
use std::fmt::Write;

/// The version of the protocol.
pub(super) const VERSION: u64 = 1;

/// A JSON object, its values still as they were written.
pub(super) struct Fields<'s>(Entries<'s>);

impl<'s> Fields<'s> {
    /// The object of a line.
    pub(super) fn read(line: &'s str) -> Result<Self, String> {
        let entries = serde_json::from_str(line).map_err(|e| {
            let hint = if ["NaN", "Infinity"].iter().any(|word| line.contains(word)) {
                r#" (numbers that are not finite are written "nan", "inf", "-inf")"#
            } else {
                ""
            };
            format!(
                "expected one JSON object a line, found {}: {e}{hint}",
                excerpt(line)
            )
        })?;
        Ok(Self(entries))
    }

    /// The value of a key; `null` is none.
    pub(super) fn get(&self, key: &str) -> Option<&'s RawValue> {
        let entry = self.0.0.iter().find(|(name, _)| name == key);
        entry.map(|(_, raw)| *raw).filter(|raw| raw.get() != "null")
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &str) -> Result<&'s RawValue, String> {
        self.get(key).ok_or_else(|| format!("`{key}` is missing"))
    }

    /// A string.
    pub(super) fn text(&self, key: &str) -> Result<String, String> {
        let raw = self.need(key)?;
        serde_json::from_str(raw.get())
            .map_err(|_| format!("`{key}` should be a string, found {}", excerpt(raw.get())))
    }

    /// A list of strings.
    pub(super) fn words(&self, key: &str) -> Result<Vec<String>, String> {
        let raw = self.need(key)?;
        serde_json::from_str(raw.get()).map_err(|_| {
            format!(
                "`{key}` should be a list of strings, found {}",
                excerpt(raw.get())
            )
        })
    }

    /// Numbers by name.
    pub(super) fn named(&self, key: &str) -> Result<Named, String> {
        let raw = self.need(key)?;
        let Entries(entries) = serde_json::from_str(raw.get()).map_err(|_| {
            format!(
                "`{key}` should be an object of lists of numbers, found {}",
                excerpt(raw.get())
            )
        })?;
        let read = |(name, raw): (std::borrow::Cow<'_, str>, &RawValue)| {
            let data: Vec<Element> = serde_json::from_str(raw.get()).map_err(|e| {
                format!(
                    "`{key}` of `{name}` should be a flat list of numbers, \"nan\", \"inf\" or \"-inf\", found {}: {e}",
                    excerpt(raw.get())
                )
            })?;
            Ok((
                name.into_owned(),
                data.into_iter().map(|Element(x)| x).collect(),
            ))
        };
        entries.into_iter().map(read).collect()
    }
}

/// The start of a text, for messages.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push_str("..");
    }
    format!("{short:?}")
}

/// What an engine says, as long as anybody reads it.
fn shortened(text: String) -> String {
    const SAID: usize = 2000;
    match text.char_indices().nth(SAID) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

/// A name or a version as one word: it stands in names of files, in tables and in lines of comments.
fn label(text: &str) -> String {
    const LONGEST: usize = 60;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(LONGEST).collect()
}

/// A string as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Numbers by name as JSON writes them.
pub(super) fn write_named<'a>(
    out: &mut String,
    named: impl Iterator<Item = (&'a str, impl Iterator<Item = f64>)>,
) {
    out.push('{');
    for (i, (name, data)) in named.enumerate() {
        out.push_str(if i > 0 { "," } else { "" });
        out.push_str(&quoted(name));
        out.push_str(":[");
        for (k, x) in data.enumerate() {
            out.push_str(if k > 0 { "," } else { "" });
            let _ = if x.is_nan() {
                write!(out, r#""nan""#)
            } else if x.is_infinite() {
                write!(out, r#""{x}""#)
            } else {
                write!(out, "{x:?}")
            };
        }
        out.push(']');
    }
    out.push('}');
}

fn write_params(out: &mut String, params: &Params<f64>) {
    write_named(out, params.iter().map(|(name, x)| (name, x.iter())));
}

/// The question who an engine is.
pub(super) fn hello(id: u64) -> String {
    format!(r#"{{"id":{id},"kind":"hello","protocol":{VERSION}}}"#)
}

/// The answer to it.
pub(super) fn introduction(id: &str, name: &str, capabilities: &Capabilities) -> String {
    let list = |words: Vec<&str>| serde_json::Value::from(words).to_string();
    let dtypes = capabilities.dtypes.iter().map(|dtype| dtype.name());
    let modes = capabilities.modes.iter().map(|mode| mode.name());
    let ops: Vec<&str> = match &capabilities.ops {
        Some(ops) => ops.iter().map(String::as_str).collect(),
        None => crate::op::Kind::all().map(crate::op::Kind::name).collect(),
    };
    format!(
        r#"{{"id":{id},"ok":true,"protocol":{VERSION},"engine":{},"version":{},"dtypes":{},"modes":{},"ops":{}}}"#,
        quoted(name),
        quoted(&capabilities.version),
        list(dtypes.collect()),
        list(modes.collect()),
        list(ops)
    )
}

/// Name and capabilities out of the answer to the hello of this id, for whoever asks over something else than the pipes of
/// a [`ProcessEngine`](super::ProcessEngine). What is not known here (a dtype of eight bits) is passed over.
///
/// ```
/// let line = r#"{"id":0,"ok":true,"engine":"mine","version":"2","dtypes":["f64"],"modes":["gradient"],"ops":["sin"]}"#;
/// let (name, capabilities) = secant::engine::read_introduction(line, 0)?;
/// assert_eq!((name.as_str(), capabilities.version.as_str()), ("mine", "2"));
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// If the line is no such answer, or an error in place of one.
pub fn read_introduction(line: &str, id: u64) -> Result<(String, Capabilities), String> {
    let fields = answer_to(line, id)?;
    if let Err(e) = outcome(&fields)? {
        return Err(format!("it answered the hello with an error: {e}"));
    }
    if let Some(protocol) = fields.get("protocol")
        && protocol.get() != VERSION.to_string()
    {
        return Err(format!(
            "it speaks protocol {}, expected {VERSION}",
            excerpt(protocol.get())
        ));
    }
    let name = label(&fields.text("engine")?);
    if name.is_empty() {
        return Err("`engine` is empty, expected the engine's name".into());
    }
    let ops = match fields.get("ops") {
        Some(_) => Some(fields.words("ops")?.into_iter().collect()),
        None => None,
    };
    let capabilities = Capabilities {
        version: label(&fields.text("version")?),
        dtypes: known(&fields.words("dtypes")?, Dtype::from_name),
        modes: known(&fields.words("modes")?, Mode::from_name)
            .into_iter()
            .collect(),
        ops,
    };
    Ok((name, capabilities))
}

fn known<T>(words: &[String], of: impl Fn(&str) -> Option<T>) -> Vec<T> {
    words.iter().filter_map(|word| of(word)).collect()
}

/// A case and what is wanted of it.
pub(super) fn evaluate(id: u64, case: &Case, want: &Want) -> String {
    let mut out = format!(
        r#"{{"id":{id},"kind":"evaluate","case":{},"want":["#,
        case.to_json()
    );
    let words = [
        (want.value, "value"),
        (want.gradient, "gradient"),
        (want.tangents.is_some(), "jvp"),
        (want.direction.is_some(), "hvp"),
    ];
    let asked = words.iter().filter(|(asked, _)| *asked);
    for (i, (_, word)) in asked.enumerate() {
        let _ = write!(out, r#"{}"{word}""#, if i > 0 { "," } else { "" });
    }
    out.push(']');
    for (key, params) in [("tangents", &want.tangents), ("direction", &want.direction)] {
        if let Some(params) = params {
            let _ = write!(out, r#","{key}":"#);
            write_params(&mut out, params);
        }
    }
    out.push('}');
    out
}

/// The answer to a case.
pub(super) fn write_evaluation(id: &str, answer: &Evaluation) -> String {
    let mut out = format!(r#"{{"id":{id},"ok":true"#);
    let parts = [
        ("value", &answer.value),
        ("gradient", &answer.gradient),
        ("jvp", &answer.jvp),
        ("hvp", &answer.hvp),
    ];
    for (key, named) in parts {
        if let Some(named) = named {
            let _ = write!(out, r#","{key}":"#);
            write_named(
                &mut out,
                named
                    .iter()
                    .map(|(name, data)| (name.as_str(), data.iter().copied())),
            );
        }
    }
    for (i, (name, shape)) in answer.shapes.iter().enumerate() {
        let lead = if i > 0 { "," } else { r#","shapes":{"# };
        let _ = write!(out, "{lead}{}:{:?}", quoted(name), shape.to_vec());
    }
    out.push_str(if answer.shapes.is_empty() { "}" } else { "}}" });
    out
}

/// That there is no answer, and why.
pub(super) fn write_error(id: &str, error: &EngineError) -> String {
    let (word, key, text) = match error {
        EngineError::Unsupported(what) => ("unsupported", "op", what),
        EngineError::Invalid(message) => ("invalid", "message", message),
        EngineError::Failed(message)
        | EngineError::Timeout(message)
        | EngineError::Gone(message) => ("failed", "message", message),
    };
    format!(
        r#"{{"id":{id},"ok":false,"error":"{word}","{key}":{}}}"#,
        quoted(text)
    )
}

/// An engine's answer to the request of this id. The outer error is that it makes no sense, the inner one is the engine's
/// own. Names and lengths are the judge's to look at.
///
/// ```
/// use secant::engine::{EngineError, Want, read_evaluation};
/// let line = r#"{"id":1,"ok":true,"value":{"y":["nan"]},"gradient":{"x":[1.0,2.0]}}"#;
/// let answer = read_evaluation(line, 1, &Want::gradient())?.unwrap();
/// assert_eq!(answer.gradient.unwrap()[0].1, [1.0, 2.0]);
/// let line = r#"{"id":2,"ok":false,"error":"unsupported","op":"erfinv"}"#;
/// let refusal = read_evaluation(line, 2, &Want::gradient())?;
/// assert_eq!(refusal, Err(EngineError::Unsupported("erfinv".into())));
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// If the line is no answer, or lacks what was wanted.
pub fn read_evaluation(
    line: &str,
    id: u64,
    want: &Want,
) -> Result<Result<Evaluation, EngineError>, String> {
    let fields = answer_to(line, id)?;
    if let Err(e) = outcome(&fields)? {
        return Ok(Err(e));
    }
    let part = |asked: bool, key: &str| -> Result<Option<Named>, String> {
        match asked {
            true => fields.named(key).map(Some),
            false => Ok(None),
        }
    };
    let shapes = match fields.get("shapes") {
        None => Vec::new(),
        Some(raw) => {
            let wrong = || {
                format!(
                    "`shapes` should be an object of lists of sizes, found {}",
                    excerpt(raw.get())
                )
            };
            let Entries(entries) = serde_json::from_str(raw.get()).map_err(|_| wrong())?;
            let sizes = entries.into_iter().map(|(name, raw)| {
                let sizes: Vec<usize> = serde_json::from_str(raw.get()).map_err(|_| wrong())?;
                Ok((name.into_owned(), sizes.into()))
            });
            sizes.collect::<Result<_, String>>()?
        }
    };
    Ok(Ok(Evaluation {
        value: part(want.value, "value")?,
        gradient: part(want.gradient, "gradient")?,
        jvp: part(want.tangents.is_some(), "jvp")?,
        hvp: part(want.direction.is_some(), "hvp")?,
        shapes,
    }))
}

/// The fields of an answer to this request.
fn answer_to(line: &str, id: u64) -> Result<Fields<'_>, String> {
    let fields = Fields::read(line)?;
    let found = fields.need("id")?.get();
    if found.parse() != Ok(id) {
        return Err(format!(
            "the answer has the id {}, expected {id}",
            excerpt(found)
        ));
    }
    Ok(fields)
}

/// Whether an answer is one; if not, why.
fn outcome(fields: &Fields<'_>) -> Result<Result<(), EngineError>, String> {
    match fields.need("ok")?.get() {
        "true" => return Ok(Ok(())),
        "false" => {}
        other => {
            let found = excerpt(other);
            return Err(format!("`ok` should be true or false, found {found}"));
        }
    }
    let detail = |key: &str| fields.text(key).ok().map(shortened);
    let message = || detail("message").unwrap_or_else(|| "no message".into());
    Ok(Err(match fields.text("error")?.as_str() {
        "unsupported" => EngineError::Unsupported(detail("op").unwrap_or_else(message)),
        "invalid" => EngineError::Invalid(message()),
        "failed" => EngineError::Failed(message()),
        other => {
            let found = excerpt(other);
            return Err(format!(
                "the error is {found}, expected unsupported, invalid or failed"
            ));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[test]
    fn an_answer_reads_back_to_the_bit() {
        let odd = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            -0.0,
            0.1,
            5e-324,
        ];
        let answer = Evaluation {
            value: Some(vec![("l".into(), odd.to_vec())]),
            gradient: Some(vec![("w".into(), vec![]), ("b".into(), vec![1e300])]),
            shapes: vec![
                ("w".into(), Shape::from([0, 3])),
                ("b".into(), Shape::scalar()),
            ],
            ..Evaluation::default()
        };
        let line = write_evaluation("7", &answer);
        let back = read_evaluation(&line, 7, &Want::gradient())
            .unwrap()
            .unwrap();
        let bits = |e: &Evaluation| {
            let value = e.value.clone().unwrap_or_default();
            value[0].1.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(bits(&back), bits(&answer));
        assert_eq!(
            (back.gradient, back.shapes),
            (answer.gradient, answer.shapes)
        );
    }

    #[test]
    fn answers_that_make_no_sense() {
        let table = [
            ("hello", "expected one JSON object a line"),
            ("[1]", "expected one JSON object a line"),
            (
                r#"{"id":7,"ok":true,"gradient":{"w":[NaN]}}"#,
                r#"are written "nan""#,
            ),
            (r#"{"ok":true}"#, "`id` is missing"),
            (r#"{"id":8,"ok":true}"#, "expected 7"),
            (r#"{"id":"7","ok":true}"#, "expected 7"),
            (r#"{"id":7}"#, "`ok` is missing"),
            (r#"{"id":7,"ok":1}"#, "`ok` should be"),
            (r#"{"id":7,"ok":false}"#, "`error` is missing"),
            (r#"{"id":7,"ok":false,"error":"tired"}"#, "tired"),
            (r#"{"id":7,"ok":true}"#, "`gradient` is missing"),
            (
                r#"{"id":7,"ok":true,"gradient":[1]}"#,
                "should be an object",
            ),
            (r#"{"id":7,"ok":true,"gradient":{"w":1}}"#, "flat list"),
            (r#"{"id":7,"ok":true,"gradient":{"w":[[1]]}}"#, "flat list"),
            (r#"{"id":7,"ok":true,"gradient":{"w":[null]}}"#, "flat list"),
            (
                r#"{"id":7,"ok":true,"gradient":{"w":["NaN"]}}"#,
                "flat list",
            ),
            (
                r#"{"id":7,"ok":true,"gradient":{},"shapes":{"w":[-1]}}"#,
                "sizes",
            ),
        ];
        let want = Want {
            gradient: true,
            ..Want::default()
        };
        for (line, expected) in table {
            let message = read_evaluation(line, 7, &want).unwrap_err();
            assert!(message.contains(expected), "{line}: {message}");
        }
    }

    #[test]
    fn the_engines_own_errors() {
        let read = |line: &str| {
            read_evaluation(line, 1, &Want::gradient())
                .unwrap()
                .unwrap_err()
        };
        for error in [
            EngineError::Unsupported("erfinv".into()),
            EngineError::Failed("shape \"mismatch\"\n".into()),
            EngineError::Invalid("axis 7".into()),
        ] {
            assert_eq!(read(&write_error("1", &error)), error);
        }
        let long = read(&write_error("1", &EngineError::Failed("é".repeat(1 << 20))));
        assert_eq!(long.to_string().chars().count(), "failed: ..".len() + 2000);
    }

    #[test]
    fn introductions() {
        let line = r#"{"id":0,"ok":true,"engine":"jax","version":"0.10.2","dtypes":["bf16","f32"],"modes":["gradient","lvp"],"ops":["add"]}"#;
        let (name, capabilities) = read_introduction(line, 0).unwrap();
        assert_eq!(name, "jax");
        assert_eq!(
            introduction("0", &name, &capabilities)
                .matches("bf16")
                .count(),
            0
        );
        assert_eq!(capabilities.dtypes, [Dtype::F32]);
        assert_eq!(
            capabilities.modes.into_iter().collect::<Vec<_>>(),
            [Mode::Gradient]
        );
        let odd = line.replace("0.10.2", r"2\nbuild 7 (cpu)");
        let (_, capabilities) = read_introduction(&odd, 0).unwrap();
        assert_eq!(capabilities.version, "2-build-7-(cpu)");
        let wrong = line.replace(r#""ok":true"#, r#""ok":true,"protocol":2"#);
        assert!(
            read_introduction(&wrong, 0)
                .unwrap_err()
                .contains("protocol")
        );
    }
}
