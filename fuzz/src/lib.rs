//! What the fuzz targets do with bytes.
//!
//! Each target is a function that takes every list of bytes and panics if something is wrong with ours; the files in
//! `fuzz_targets/` only hand it to libFuzzer. So the test suite of the project runs the same functions, over the seeds.

use secant::Case;
use secant::check::{Judge, Options};
use secant::engine::{Builtin, Capabilities, Engine, EngineError, Evaluation, Want, Way};
use secant::engine::{read_evaluation, read_introduction, serve};
use secant::export::Format;
use secant::fuzz::{Outcome, Recipe, Scope, judge_case};
use serde_json::value::RawValue;
use std::path::Path;

/// A target's name and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 5] = [
    ("recipe", recipe),
    ("text", text),
    ("json", json),
    ("requests", requests),
    ("answers", answers),
];

/// Bytes as a recipe's words: the program that they decode to is legal, and our engines differentiate it right, also
/// twice.
pub fn recipe(data: &[u8]) {
    let words = data.chunks_exact(4);
    let words = words.map(|word| u32::from_le_bytes(word.try_into().expect("four bytes")));
    let case = Recipe {
        words: words.collect(),
    }
    .decode(&Scope::default());
    let mut engines: Vec<Box<dyn Engine>> = Vec::new();
    for way in Way::ALL {
        engines.push(Box::new(Builtin::new(way)));
    }
    let outcomes = judge_case(&case, &mut engines, 2, 1);
    for (engine, outcome) in engines.iter().zip(outcomes) {
        let is_right = matches!(outcome, Outcome::Agree | Outcome::Undecided(_));
        assert!(is_right, "{}: {outcome}\n{}", engine.name(), case.to_text());
    }
}

/// A case as text: what can be read is written as what was read, and can be shown in every format.
pub fn text(data: &[u8]) {
    if let Some(Ok(case)) = std::str::from_utf8(data).ok().map(Case::from_text) {
        comes_back(&case);
    }
}

/// The same as JSON.
pub fn json(data: &[u8]) {
    if let Some(Ok(case)) = std::str::from_utf8(data).ok().map(Case::from_json) {
        comes_back(&case);
    }
}

fn comes_back(case: &Case) {
    let text = case.to_text();
    let again = Case::from_text(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(again.to_text(), text);
    let json = case.to_json();
    let again = Case::from_json(&json).unwrap_or_else(|e| panic!("{e}\n{json}"));
    assert_eq!(again.to_json(), json);
    for format in Format::ALL {
        // a language may lack an operation
        let _ = (format.write)(case);
    }
}

/// An engine of ours that takes small cases only: what is asked for by a few bytes must not take minutes.
struct Small(Builtin);

impl Engine for Small {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let sizes = case.graph.nodes().iter().map(|node| node.shape.count());
        match sizes.fold(0, usize::saturating_add) {
            0..=2000 => self.0.evaluate(case, want),
            _ => Err(EngineError::Unsupported("large cases".into())),
        }
    }
}

/// Lines to an engine behind the protocol: each that is not empty has one answer, which is JSON, and nothing panics.
pub fn requests(data: &[u8]) {
    for way in Way::ALL {
        let mut answers = Vec::new();
        serve(&mut Small(Builtin::new(way)), data, &mut answers).expect("memory takes everything");
        let answers = String::from_utf8(answers).expect("answers are text");
        let asked = data
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty());
        assert_eq!(answers.lines().count(), asked.count(), "{answers}");
        for answer in answers.lines() {
            assert!(!answer.contains("panicked: "), "{answer}");
            let json = serde_json::from_str::<&RawValue>(answer);
            assert!(json.is_ok(), "{answer}");
        }
    }
}

/// A case that answers are about.
const ASKED: &str = "secant 1
param w [2, 3] = [0.5, -1.25, 3.0, 0.1, 0.2, 0.3]
param b [] = 0.5
const x [3] = [1.0, 2.0, 3.0]
h = matmul(w, x)
y = mul(h, b)
l = sum(y)
return y, l
";

/// A line from an engine behind the protocol: whatever it is, it is read or refused, and what is read can be judged.
pub fn answers(data: &[u8]) {
    let Ok(line) = std::str::from_utf8(data) else {
        return;
    };
    let _ = read_introduction(line, 0);
    let case = asked();
    for want in [Want::gradient(), everything(&case)] {
        if let Ok(Ok(answer)) = read_evaluation(line, 1, &want) {
            let mut judge =
                Judge::new(&case, Options::for_dtype(case.dtype)).expect("it can be evaluated");
            let report = judge.judge(&answer, &want);
            assert!(!report.to_string().is_empty());
        }
    }
}

fn asked() -> Case {
    Case::from_text(ASKED).expect("it is legal")
}

fn everything(case: &Case) -> Want {
    Want {
        tangents: Some(case.params.clone()),
        direction: Some(case.params.clone()),
        ..Want::gradient()
    }
}

/// What a target starts from: saved cases in its language, and for recipes the first of a run.
///
/// # Errors
/// If the saved cases cannot be read.
pub fn seeds(target: &str, regressions: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(regressions)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "graph") {
            files.push(path);
        }
    }
    files.sort();
    let mut seeds = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        let case = Case::from_text(&text).map_err(std::io::Error::other)?;
        match target {
            "text" => seeds.push(text.into_bytes()),
            "json" => seeds.push(case.to_json().into_bytes()),
            "requests" => seeds.push(conversation(&case).into_bytes()),
            _ => {}
        }
    }
    match target {
        "recipe" => seeds.extend((0..200).map(|number| {
            let recipe = Recipe::random(1, number, &Scope::default());
            recipe
                .words
                .into_iter()
                .flat_map(u32::to_le_bytes)
                .collect()
        })),
        "answers" => {
            let questions = conversation(&asked());
            for way in Way::ALL {
                let mut lines = Vec::new();
                serve(&mut Builtin::new(way), questions.as_bytes(), &mut lines)?;
                let lines = lines.split(|&byte| byte == b'\n');
                seeds.extend(lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec));
            }
            let refused = r#"{"id":1,"ok":false,"error":"unsupported","op":"erfinv"}"#;
            seeds.push(refused.into());
        }
        _ => {}
    }
    Ok(seeds)
}

/// A hello, and all that can be asked about a case.
fn conversation(case: &Case) -> String {
    let point: Vec<String> = case
        .params
        .iter()
        .map(|(name, x)| format!("\"{name}\":{:?}", vec![1.0; x.len()]))
        .collect();
    let (case, point) = (case.to_json(), point.join(","));
    format!(
        r#"{{"id":0,"kind":"hello","protocol":1}}
{{"id":1,"kind":"evaluate","case":{case},"want":["value","gradient","jvp","hvp"],"tangents":{{{point}}},"direction":{{{point}}}}}
"#
    )
}
