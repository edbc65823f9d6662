//! What was found of one case: the verdict in words, then what it rests on, in pictures and tables.

use super::tables::{self, LONGEST};
use super::text::{escaped, name, short};
use super::{curve, heat, picture, sign};
use crate::checked::Checked;
use secant::Case;
use secant::check::{Class, Curve, Judgement, Report, Verdict};
use secant::op::Id;
use std::fmt::Write;

/// What stands for the verdict of a file that could not be checked.
pub(super) const UNREAD: &str = "not checked";

/// What a verdict rests on.
#[derive(Default)]
pub(crate) struct Evidence {
    /// What was judged, each by itself: the gradient, and the Hessian-vector product.
    pub(crate) parts: Vec<(&'static str, Report)>,
    /// Finite differences by their step.
    pub(crate) curve: Option<Curve>,
    /// Nodes to mark in the picture, and why, beside the parameters and outputs that are wrong.
    pub(crate) marked: Vec<(Id, String)>,
}

/// All that is known of a case.
pub(crate) struct Findings<'a> {
    pub(crate) checked: &'a Checked,
    pub(crate) case: &'a Case,
    pub(crate) evidence: &'a Evidence,
    /// The command that finds the same again.
    pub(crate) command: &'a str,
}

/// A part of a page.
pub(crate) struct Section {
    pub(super) file: String,
    pub(super) verdict: Option<Verdict>,
    pub(super) judgement: &'static str,
    /// How many were right, or wrong.
    pub(super) elements: String,
    pub(crate) html: String,
}

impl Section {
    /// The section of a case, in about so many bytes.
    pub(crate) fn new(findings: &Findings<'_>, room: usize) -> Self {
        let checked = findings.checked;
        let report = checked.report.as_ref();
        let crash = checked.message.as_ref();
        let judgement = match (report, crash) {
            (Some(report), _) => Some(report.judgement()),
            (None, Some((word, _))) => Class::from_name(word).map(Judgement::from),
            (None, None) => None,
        };
        let mut section = Self {
            file: checked.file.clone(),
            verdict: Some(checked.verdict),
            judgement: judgement.map_or("", Judgement::name),
            elements: report.map_or(String::new(), elements),
            html: String::new(),
        };
        section.html = html(findings, judgement, room);
        section
    }

    /// The section of a file that could not be checked.
    pub(crate) fn unread(file: String, message: &str) -> Self {
        let html = format!(
            "<h2><code>{}</code></h2>\n<div class=\"verdict\"><strong>{UNREAD}</strong><p>{}</p></div>\n",
            name(&file),
            escaped(&short(message, LONGEST))
        );
        Self {
            file,
            verdict: None,
            judgement: "",
            elements: String::new(),
            html,
        }
    }

    /// The verdict's word.
    pub(super) fn word(&self) -> &'static str {
        self.verdict.map_or(UNREAD, Verdict::name)
    }
}

fn elements(report: &Report) -> String {
    let sum = |of: fn(&secant::check::ParamReport) -> usize| report.params.values().map(of).sum();
    let (wrong, checked): (usize, usize) = (sum(|p| p.disagree), sum(|p| p.checked));
    match wrong {
        0 => format!("{checked} looked at"),
        wrong => format!("{wrong} of {checked} wrong"),
    }
}

/// What a judgement means, for who has not read the manual.
fn meaning(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Structural => "a name, a length or a shape does not fit, or there is no answer",
        Judgement::NotRepeatable => "the same question has several answers",
        Judgement::NonFinite => "the claim is NaN or infinite where the derivative is finite",
        Judgement::Mismatch => "the claim is not the derivative",
        Judgement::OutsideBracket => {
            "at a kink, and not between the derivatives from its two sides"
        }
        Judgement::AtKink => "at a kink, where nothing is right or wrong between its two sides",
        Judgement::TooWeak => "rounding hides what was asked for",
        Judgement::Unobserved => "all zeros, and nothing depends on the parameters here",
        Judgement::Agree => "the claim is the derivative, to within rounding",
    }
}

fn html(findings: &Findings<'_>, judgement: Option<Judgement>, room: usize) -> String {
    let Findings {
        checked,
        case,
        evidence,
        command,
    } = findings;
    let mut out = format!("<h2><code>{}</code></h2>\n", name(&checked.file));
    out.push_str(&verdict(checked, judgement));
    out.push_str(&facts(checked, case, evidence));
    let report = checked.report.as_ref();
    if let Some(report) = report.filter(|report| !report.faults.is_empty()) {
        out.push_str("<h3>What is wrong</h3>\n");
        out.push_str(&tables::faults(report));
    }
    let chart = evidence.curve.as_ref();
    let chart = chart.map(|curve| curve::figure(curve, case.dtype));
    let chart = chart.unwrap_or_default();
    let end = end(case, command, room / 10);
    // what is drawn takes the room that is left: elements most of it
    let left = room.saturating_sub(out.len() + chart.len() + end.len());
    for (what, report) in &evidence.parts {
        if report.params.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<h3>Relative error of the {what}, by element</h3>");
        out.push_str(&heat::maps(report, left * 3 / 4 / evidence.parts.len()));
    }
    if !chart.is_empty() {
        let tone = checked.verdict.name();
        let _ = writeln!(
            out,
            "<h3>Error of finite differences, by step</h3>\n<div class=\"{tone}\">{chart}</div>"
        );
    }
    out.push_str("<h3>The program</h3>\n");
    let mut marked = evidence.marked.clone();
    for (_, report) in &evidence.parts {
        marked.extend(picture::faulty(case, report));
    }
    let left = room.saturating_sub(out.len() + end.len());
    out.push_str(&picture::figure(case, &marked, left));
    out + &end
}

/// The verdict, and what it says in a sentence.
fn verdict(checked: &Checked, judgement: Option<Judgement>) -> String {
    let word = checked.verdict.name();
    let mut out = format!(
        "<div class=\"verdict {word}\"><strong>{} {word}</strong>",
        sign(Some(checked.verdict))
    );
    if let Some(judgement) = judgement {
        let _ = write!(out, " <b>{judgement}</b>: {}", meaning(judgement));
    }
    if let Some(pattern) = checked.report.as_ref().and_then(Report::pattern) {
        let pattern = escaped(&short(&pattern, LONGEST));
        let _ = write!(out, "<p class=\"pattern\">{pattern}</p>");
    }
    for sentence in &checked.sentences {
        let sentence = escaped(&short(sentence, LONGEST));
        let _ = write!(out, "<p><b>guilty</b>: {sentence}</p>");
    }
    if let Some(note) = checked
        .report
        .as_ref()
        .and_then(|report| report.note.as_ref())
    {
        let _ = write!(out, "<p>{}</p>", escaped(&short(note, LONGEST)));
    }
    if let (None, Some(classic)) = (&checked.report, &checked.classic) {
        let sentence = escaped(&classic.sentence(false));
        let _ = write!(out, "<p>By the rule of the course. {sentence}</p>");
    }
    if let Some((word, message)) = &checked.message {
        let message = escaped(&short(message, LONGEST));
        let _ = write!(out, "<p>{word}: {message}</p>");
    }
    out + "</div>\n"
}

fn facts(checked: &Checked, case: &Case, evidence: &Evidence) -> String {
    let mut facts: Vec<(&str, String)> = vec![("claimed by", checked.engine.clone())];
    if let Some(report) = &checked.report {
        let (looked, all) = evidence
            .parts
            .iter()
            .map(|(_, part)| part.coverage())
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let mut coverage = format!("{looked} of {all} elements looked at");
        match report.unobserved() {
            0 => {}
            count => {
                let _ = write!(
                    coverage,
                    ", {count} unobserved (0, and nothing depends on them)"
                );
            }
        }
        facts.push(("coverage", coverage));
        facts.push((
            "method",
            format!("{}, {} evaluations", report.method, report.evaluations),
        ));
        if report.resolution.is_finite() {
            let seen = format!(
                "one element wrong by {:.0e} of itself would show",
                report.resolution
            );
            facts.push(("resolution", seen));
        }
        for (reason, count) in &report.undecided {
            facts.push(("undecided", format!("{count} because of {reason}")));
        }
        if let Some(classic) = &checked.classic {
            let threshold = match classic.passes {
                true => "within",
                false => "not within",
            };
            let words = format!(
                "{:.3e} at step 1e-7, {threshold} its threshold {:e}",
                classic.difference, classic.threshold
            );
            facts.push(("classic difference", words));
        }
    } else {
        for (what, report) in &evidence.parts {
            let words = format!("{what}: {} ({})", report.verdict.name(), report.judgement());
            facts.push(("wide oracle", words));
        }
    }
    facts.push((
        "program",
        format!(
            "{} nodes, {} parameters with {} elements, {}",
            case.graph.nodes().len(),
            case.params.len(),
            case.params.count(),
            case.dtype
        ),
    ));
    let mut out = String::from("<dl>\n");
    for (what, words) in facts {
        let words = escaped(&short(&words, LONGEST));
        let _ = writeln!(out, "<dt>{what}</dt><dd>{words}</dd>");
    }
    out + "</dl>\n"
}

/// How to find the same again, and the case itself.
fn end(case: &Case, command: &str, room: usize) -> String {
    let text = case.to_text();
    let mut shown = text.len().min(room.max(1000));
    while !text.is_char_boundary(shown) {
        shown -= 1;
    }
    let left = match text.len() - shown {
        0 => String::new(),
        left => format!("\n\u{2026} and {left} more bytes"),
    };
    format!(
        "<h3>Again</h3>\n<pre>{}</pre>\n<details>\n<summary>The case as text</summary>\n<pre>{}{left}</pre>\n</details>\n",
        escaped(command),
        escaped(&text[..shown])
    )
}
