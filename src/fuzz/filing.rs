//! A directory for each finding: the case, a program that shows the fault by itself, and a report.
//!
//! The directory is named after what is wrong and what it takes, so the same fault found again writes the same files.

use super::confirm::place;
use super::judging::{Examination, gravest};
use super::summary::Finding;
use crate::check::{Class, Fault, Quantity, Report};
use crate::engine::{Engine, Want};
use crate::export::{Expected, Part, Reproducer, reproducer};
use crate::graph::Case;
use crate::op::splitmix64;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So many wrong numbers are shown.
const SHOWN: usize = 8;

/// A number for a text.
pub(super) fn hash(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| splitmix64(hash ^ u64::from(byte));
    text.bytes().fold(0, mix)
}

/// A text as part of a file's name.
pub(super) fn word(text: &str) -> String {
    let kept = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    kept.take(40).collect()
}

/// A case and what is to be said of it.
pub(super) struct Exhibit {
    pub(super) case: Case,
    pub(super) examination: Examination,
    /// How much its conditions explain.
    pub(super) evidence: String,
    /// Whether a program made of it does what the engine did.
    pub(super) is_explicit: bool,
}

impl Exhibit {
    pub(super) fn new(case: Case, examination: Examination) -> Self {
        Self {
            case,
            examination,
            evidence: String::new(),
            is_explicit: true,
        }
    }
}

/// Writes the directory, and tells its path. `text` is the case as a file.
pub(super) fn file(
    directory: &Path,
    exhibit: &Exhibit,
    text: &str,
    engine: &dyn Engine,
    finding: &Finding,
) -> std::io::Result<PathBuf> {
    let case = &exhibit.case;
    let signature = [
        finding.class.name(),
        &finding.ops.join(","),
        finding.distinction(),
    ];
    let op = finding.ops.first().map_or("none", String::as_str);
    let name = format!(
        "{}-{}-{:08x}",
        word(engine.name()),
        word(op),
        hash(&signature.join(";")) >> 32
    );
    let own = directory.join(&name);
    std::fs::create_dir_all(own.join("src"))?;
    std::fs::write(own.join("case.graph"), text)?;
    let version = &engine.capabilities().version;
    let wrong = wrong(case, &exhibit.examination);
    let expected: Vec<Expected> = wrong.iter().map(|one| one.expected.clone()).collect();
    let program = match exhibit.is_explicit {
        _ if finding.class == Class::Convention => {
            Err("it is a legal choice, of which no program need complain".into())
        }
        false => Err(
            "it shows in a spelling or a view that the adapter chooses by the names of nodes"
                .into(),
        ),
        true => {
            let (engine, want) = (engine.name(), &exhibit.examination.want);
            let asked = [(Part::Jvp, &want.tangents), (Part::Hvp, &want.direction)];
            let asked = asked
                .iter()
                .filter_map(|(part, along)| Some((*part, along.as_ref()?)));
            let directions: Vec<_> = asked.collect();
            match reproducer(&name, case, engine, version, &expected, &directions) {
                None => Err(format!("no exporter writes programs for {engine}")),
                Some(program) => program.map_err(|e| e.to_string()),
            }
        }
    };
    if let Ok(program) = &program {
        for (path, text) in &program.files {
            std::fs::write(own.join(path), text)?;
        }
    }
    // only a program in Rust has sources there
    let _ = std::fs::remove_dir(own.join("src"));
    let report = report(exhibit, engine, finding, &wrong, &program);
    std::fs::write(own.join("report.md"), report)?;
    Ok(own)
}

/// A number that is wrong.
struct Wrong {
    place: String,
    claimed: f64,
    /// What it should be.
    expected: Expected,
}

/// The numbers that are wrong, as far as there are numbers.
fn wrong(case: &Case, examination: &Examination) -> Vec<Wrong> {
    if let Some(tie) = &examination.tie {
        let fault = &tie.fault;
        let expected = Expected {
            part: Part::Gradient,
            elements: tie.elements.clone(),
            number: fault.reference,
            error: fault.error,
        };
        return vec![Wrong {
            place: expected.words(),
            claimed: fault.claimed,
            expected,
        }];
    }
    let Some(report) = &examination.report else {
        return Vec::new();
    };
    let Some(first) = gravest(report) else {
        return Vec::new();
    };
    if first.class == Class::MissingGradient {
        return missing(first, report);
    }
    // what is graver than the finding was not confirmed
    let class = examination.outcome.class().unwrap_or(first.class);
    let numbers = report
        .faults
        .iter()
        .filter(|fault| fault.message.is_empty() && fault.class >= class);
    numbers
        .take(SHOWN)
        .map(|fault| number(case, fault))
        .collect()
}

/// The elements that a gradient should have had, where they are not 0. Nothing is not even half of them.
fn missing(fault: &Fault, report: &Report) -> Vec<Wrong> {
    let Some(param) = report.params.get(&fault.param) else {
        return Vec::new();
    };
    let due = param.elements.iter().enumerate();
    let due = due.filter(|(_, element)| element.reference != 0.0 && element.reference.is_finite());
    due.take(SHOWN)
        .map(|(k, element)| {
            let expected = Expected {
                part: Part::Gradient,
                elements: vec![(fault.param.clone(), k)],
                number: element.reference,
                error: 0.5 * element.reference.abs(),
            };
            Wrong {
                place: expected.words(),
                claimed: f64::NAN,
                expected,
            }
        })
        .collect()
}

fn number(case: &Case, fault: &Fault) -> Wrong {
    let (of, part) = match fault.quantity {
        Some(Quantity::Value) => ("value of", Part::Value),
        Some(Quantity::Jvp) => ("tangent of", Part::Jvp),
        Some(Quantity::Hvp) => ("Hessian-vector product of", Part::Hvp),
        Some(Quantity::Gradient) | None => ("gradient of", Part::Gradient),
    };
    Wrong {
        place: format!("{of} {}{:?}", fault.param, fault.index),
        claimed: fault.claimed,
        expected: Expected {
            part,
            elements: vec![(fault.param.clone(), place(case, fault))],
            number: fault.reference,
            error: fault.error,
        },
    }
}

fn report(
    exhibit: &Exhibit,
    engine: &dyn Engine,
    finding: &Finding,
    wrong: &[Wrong],
    program: &Result<Reproducer, String>,
) -> String {
    let Exhibit { case, evidence, .. } = exhibit;
    let (name, version) = (engine.name(), &engine.capabilities().version);
    let ops = finding.operations();
    let mut out = format!("# {name} {version}: {} in {ops}\n\n", finding.class);
    let conditions = or(&finding.conditions, "not asked for");
    let _ = writeln!(out, "- conditions: {conditions}");
    if !evidence.is_empty() {
        let _ = writeln!(out, "- evidence: {evidence}");
    }
    let _ = writeln!(out, "- message: {}", finding.message.replace('\n', " "));
    let _ = writeln!(
        out,
        "- again: `secant check case.graph --engine ENGINE`, where ENGINE is how {name} is started"
    );
    let numbers = table(wrong);
    let _ = write!(out, "\n## Expected and observed\n\n{numbers}");
    let _ = write!(
        out,
        "\n## The smallest case\n\n```text\n{}```\n",
        case.to_text()
    );
    out += "\n## To file upstream\n\n";
    let _ = writeln!(out, "Title: {}", title(exhibit, finding, version));
    let _ = write!(
        out,
        "\nWith {name} {version}, {} of `{ops}` {}.\n",
        subject(exhibit, finding.class),
        verb(finding.class)
    );
    if !finding.conditions.is_empty() {
        let _ = writeln!(out, "It depends on this: {}.", finding.conditions);
    }
    let _ = write!(out, "\n{numbers}");
    let _ = writeln!(out, "{}", origin(exhibit, engine, wrong));
    match program {
        Ok(program) => {
            let _ = write!(out, "\nTo reproduce, `{}`", program.command);
            for (path, text) in &program.files {
                let language = match path.ends_with(".toml") {
                    true => "toml",
                    false => program.language,
                };
                let _ = write!(out, "\n\n`{path}`:\n\n```{language}\n{}```\n", ended(text));
            }
        }
        Err(why) => {
            let _ = writeln!(out, "\nThere is no program to reproduce it: {why}.");
        }
    }
    out
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

fn ended(text: &str) -> String {
    match text.ends_with('\n') {
        true => text.into(),
        false => format!("{text}\n"),
    }
}

fn table(wrong: &[Wrong]) -> String {
    if wrong.is_empty() {
        return "There are no numbers to compare.\n".into();
    }
    let mut table = String::from(
        "| | expected | observed | a right engine may be off by |\n|---|---|---|---|\n",
    );
    for one in wrong {
        let claimed = match one.claimed.is_nan() {
            true => "nothing, or NaN".into(),
            false => format!("{:e}", one.claimed),
        };
        let (place, Expected { number, error, .. }) = (&one.place, &one.expected);
        let _ = writeln!(table, "| {place} | {number:e} | {claimed} | {error:.1e} |");
    }
    table
}

fn title(exhibit: &Exhibit, finding: &Finding, version: &str) -> String {
    let ops = finding.operations();
    let conditions = match finding.conditions.is_empty() || finding.conditions.starts_with("any ") {
        true => String::new(),
        false => format!(" ({})", finding.conditions),
    };
    format!(
        "{} of {ops} {} in {version}{conditions}",
        subject(exhibit, finding.class),
        verb(finding.class)
    )
}

/// Where the expected numbers come from.
fn origin(exhibit: &Exhibit, engine: &dyn Engine, wrong: &[Wrong]) -> String {
    if wrong.is_empty() {
        return String::new();
    }
    let quantity = shown(&exhibit.examination).and_then(|fault| fault.quantity);
    let (numbers, own) = match quantity {
        Some(Quantity::Value) => ("the function's values", None),
        Some(Quantity::Hvp) => ("differences of the function's gradients", Some("gradients")),
        Some(Quantity::Gradient | Quantity::Jvp) => {
            ("differences of the function's values", Some("values"))
        }
        // that there is no gradient nobody has to confirm
        None => ("differences of the function's values", None),
    };
    let compared = match own.filter(|_| engine.is_foreign()) {
        Some(own) => format!("; differences of the engine's own {own} were compared with them"),
        None => String::new(),
    };
    format!("\nThe expected numbers are {numbers} in 31 digits{compared}.")
}

/// The fault that a finding tells of.
fn shown(examination: &Examination) -> Option<&Fault> {
    let report = examination.report.as_ref()?;
    let class = examination.outcome.class();
    let mut faults = report.faults.iter();
    let own = faults.find(|fault| Some(fault.class) == class);
    own.or(gravest(report))
}

fn subject(exhibit: &Exhibit, class: Class) -> &'static str {
    let fault = shown(&exhibit.examination);
    let is_of_param = fault.is_some_and(|fault| exhibit.case.params.get(&fault.param).is_some());
    match (class, fault.and_then(|fault| fault.quantity)) {
        (Class::WrongShape, _) if is_of_param => "the gradient",
        (Class::WrongShape, _) => "the result",
        (Class::Crash | Class::Timeout, _) => failing(&exhibit.examination.want),
        (_, Some(Quantity::Value)) => "the result",
        (_, Some(Quantity::Jvp)) => "the forward-mode derivative",
        (_, Some(Quantity::Hvp)) => "the second derivative",
        (_, Some(Quantity::Gradient) | None) => "the gradient",
    }
}

/// What fails, of the least that has to be asked for.
fn failing(want: &Want) -> &'static str {
    match (&want.tangents, &want.direction) {
        (Some(_), None) => "the forward-mode derivative",
        (None, Some(_)) => "the second derivative",
        (None, None) if want.gradient => "the gradient",
        _ => "the result",
    }
}

fn verb(class: Class) -> &'static str {
    match class {
        Class::WrongValue | Class::WrongGradient | Class::WrongJvp | Class::WrongHvp => "is wrong",
        Class::NonFinite => "is not finite where it should be",
        Class::MissingGradient => "is missing",
        Class::WrongShape => "has the wrong shape",
        Class::NotRepeatable => "differs when it is asked for again",
        Class::Crash => "ends in an error",
        Class::Timeout => "takes too long",
        Class::Convention => "makes another legal choice at a kink",
    }
}
