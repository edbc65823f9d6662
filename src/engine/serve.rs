//! The other side of the protocol: an engine of ours behind a pipe.

use super::lines::{self, Line};
use super::protocol::{self, Fields, excerpt};
use super::{Engine, EngineError, Named, Want, evaluate_caught};
use crate::graph::{Case, Params};
use crate::tensor::Tensor;
use std::io::{self, BufRead, Write};

/// Answers each line of `input` with one line of `output`, until `input` ends.
///
/// A line that is no request is answered with the error `invalid`, and with the id `null` if it has none. What an engine
/// panics about is the error `failed`.
///
/// ```
/// use secant::engine::{Builtin, Way, serve};
/// let mut answers = Vec::new();
/// let question = r#"{"id":0,"kind":"hello","protocol":1}"#;
/// serve(&mut Builtin::new(Way::Tape), question.as_bytes(), &mut answers)?;
/// assert!(answers.starts_with(br#"{"id":0,"ok":true,"protocol":1,"engine":"tape""#));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If reading or writing fails.
pub fn serve(
    engine: &mut dyn Engine,
    mut input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        let answer = match lines::read(&mut input, &mut line, lines::LONGEST)? {
            Line::End => return Ok(()),
            Line::TooLong => {
                lines::skip(&mut input)?;
                let message = format!("a line of more than {} bytes", lines::LONGEST);
                protocol::write_error("null", &EngineError::Invalid(message))
            }
            Line::Whole if line.trim_ascii().is_empty() => continue,
            Line::Whole => match std::str::from_utf8(&line) {
                Ok(line) => answer(engine, line),
                Err(e) => {
                    let message = format!("byte {} of the line is no UTF-8", e.valid_up_to());
                    protocol::write_error("null", &EngineError::Invalid(message))
                }
            },
        };
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn answer(engine: &mut dyn Engine, line: &str) -> String {
    let fields = match Fields::read(line) {
        Ok(fields) => fields,
        Err(message) => {
            return protocol::write_error(readable_id(line), &EngineError::Invalid(message));
        }
    };
    let id = fields.get("id").map_or("null", |raw| raw.get());
    match respond(engine, &fields, id) {
        Ok(answer) => answer,
        Err(error) => protocol::write_error(id, &error),
    }
}

/// The id of a line that is not JSON to its end, if it stands where we write it ourselves: first.
fn readable_id(line: &str) -> &str {
    let Some(rest) = line.trim_start().strip_prefix(r#"{"id":"#) else {
        return "null";
    };
    let end = rest.find(|c: char| !c.is_ascii_digit());
    match &rest[..end.unwrap_or(rest.len())] {
        "" => "null",
        zeros if zeros.len() > 1 && zeros.starts_with('0') => "null",
        digits => digits,
    }
}

fn respond(engine: &mut dyn Engine, fields: &Fields<'_>, id: &str) -> Result<String, EngineError> {
    let invalid = EngineError::Invalid;
    match fields.text("kind").map_err(invalid)?.as_str() {
        "hello" => {
            let version = fields.get("protocol").map(|raw| raw.get());
            if version.is_some_and(|found| found != protocol::VERSION.to_string()) {
                return Err(invalid(format!(
                    "protocol {}, expected {}",
                    excerpt(version.unwrap_or_default()),
                    protocol::VERSION
                )));
            }
            let (name, capabilities) = (engine.name(), engine.capabilities());
            Ok(protocol::introduction(id, name, capabilities))
        }
        "evaluate" => {
            let source = fields.need("case").map_err(invalid)?.get();
            let case = Case::from_json(source).map_err(|e| invalid(format!("case: {e}")))?;
            let want = want(fields, &case).map_err(invalid)?;
            if let Some(what) = engine.capabilities().refuses(&case) {
                return Err(EngineError::Unsupported(what));
            }
            let answer = evaluate_caught(engine, &case, &want)?;
            Ok(protocol::write_evaluation(id, &answer))
        }
        other => Err(invalid(format!(
            "the kind is {other:?}, expected hello or evaluate"
        ))),
    }
}

fn want(fields: &Fields<'_>, case: &Case) -> Result<Want, String> {
    let mut want = Want::default();
    for word in fields.words("want")? {
        match word.as_str() {
            "value" => want.value = true,
            "gradient" => want.gradient = true,
            "jvp" => want.tangents = Some(direction(case, "tangents", fields.named("tangents")?)?),
            "hvp" => {
                want.direction = Some(direction(case, "direction", fields.named("direction")?)?);
            }
            other => {
                return Err(format!(
                    "`want` has {other:?}, expected value, gradient, jvp or hvp"
                ));
            }
        }
    }
    Ok(want)
}

/// Numbers for each parameter of the case, of its shape.
fn direction(case: &Case, key: &str, named: Named) -> Result<Params<f64>, String> {
    if let Some((extra, _)) = named
        .iter()
        .find(|(name, _)| case.params.get(name).is_none())
    {
        return Err(format!("`{key}` has {extra:?}, which is no parameter"));
    }
    let tensors = case.params.iter().map(|(name, x)| {
        let data = named.iter().find(|(other, _)| other == name);
        let (_, data) = data.ok_or_else(|| format!("`{key}` has nothing for `{name}`"))?;
        let tensor = Tensor::new(x.shape(), &data[..]).map_err(|_| {
            format!(
                "`{key}` has {} numbers for `{name}`, expected {}",
                data.len(),
                x.len()
            )
        })?;
        Ok((name, tensor))
    });
    tensors.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Builtin, Capabilities, Evaluation, Way};

    fn lines(engine: &mut dyn Engine, input: &[u8]) -> Vec<String> {
        let mut output = Vec::new();
        serve(engine, input, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        text.lines().map(str::to_string).collect()
    }

    const CASE: &str = r#"{"secant":1,"params":[{"name":"x","shape":[2],"data":[3.0,1.0]}],"nodes":[{"name":"y","op":"square","args":["x"]}],"outputs":["y"],"cotangents":{"y":[1.0,10.0]}}"#;

    fn ask(rest: &str) -> String {
        let line = format!(r#"{{"id":7,"kind":"evaluate","case":{CASE},{rest}}}"#);
        lines(&mut Builtin::new(Way::Tape), line.as_bytes()).remove(0)
    }

    #[test]
    fn all_that_can_be_wanted() {
        let answer = ask(
            r#""want":["value","gradient","jvp","hvp"],"tangents":{"x":[1,0]},"direction":{"x":[0,1]}"#,
        );
        assert_eq!(
            answer,
            r#"{"id":7,"ok":true,"value":{"y":[9.0,1.0]},"gradient":{"x":[6.0,20.0]},"jvp":{"y":[6.0,0.0]},"hvp":{"x":[0.0,20.0]}}"#
        );
        assert_eq!(ask(r#""want":[]"#), r#"{"id":7,"ok":true}"#);
    }

    #[test]
    fn requests_that_make_no_sense() {
        let table = [
            (r#""want":["hessian"]"#, "hessian"),
            (r#""wants":["value"]"#, "`want` is missing"),
            (r#""want":["jvp"]"#, "`tangents` is missing"),
            (r#""want":["jvp"],"tangents":{}"#, "nothing for `x`"),
            (r#""want":["jvp"],"tangents":{"x":[1]}"#, "expected 2"),
            (
                r#""want":["hvp"],"direction":{"x":[1,2],"z":[]}"#,
                "no parameter",
            ),
        ];
        for (rest, expected) in table {
            let answer = ask(rest);
            assert!(
                answer.starts_with(r#"{"id":7,"ok":false,"error":"invalid","message":"#)
                    && answer.replace('\\', "").contains(expected),
                "{rest}: {answer}"
            );
        }
    }

    #[test]
    fn a_bad_line_is_answered_and_the_next_one_too() {
        let input = b"garbage\n{\"id\":3,\"kind\":\n\xff\n\n{\"id\":4,\"kind\":\"sing\"}\n{\"id\":5,\"kind\":\"hello\",\"protocol\":9}\n{\"id\":6,\"kind\":\"evaluate\",\"case\":{\"secant\":1},\"want\":[]}\n{\"id\":\"a\",\"kind\":\"hello\",\"protocol\":1}";
        let answers = lines(&mut Builtin::new(Way::Tape), input);
        let ids = ["null", "3", "null", "4", "5", "6", "\"a\""];
        assert_eq!(answers.len(), ids.len(), "{answers:?}");
        for (k, (answer, id)) in answers.iter().zip(ids).enumerate() {
            let ok = k == ids.len() - 1;
            let start = format!(r#"{{"id":{id},"ok":{ok}"#);
            assert!(answer.starts_with(&start), "{answer}");
            assert!(ok || answer.contains(r#""error":"invalid""#), "{answer}");
        }
    }

    #[test]
    fn a_panic_is_a_failure() {
        struct Broken(Capabilities);
        impl Engine for Broken {
            fn name(&self) -> &str {
                "broken"
            }
            fn capabilities(&self) -> &Capabilities {
                &self.0
            }
            fn evaluate(&mut self, _: &Case, _: &Want) -> Result<Evaluation, EngineError> {
                panic!("out of {}", "luck")
            }
        }
        let mut engine = Broken(Builtin::new(Way::Tape).capabilities().clone());
        let line = format!(r#"{{"id":1,"kind":"evaluate","case":{CASE},"want":["value"]}}"#);
        assert_eq!(
            lines(&mut engine, line.as_bytes()),
            [r#"{"id":1,"ok":false,"error":"failed","message":"panicked: out of luck"}"#]
        );
    }
}
