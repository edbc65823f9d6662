//! What `secant check` found for a file, for people and for programs.

use crate::ci::{Item, Mark};
use crate::output::{coloured, number};
use secant::check::{Blame, Class, Classic, Report, Verdict};
use secant::graph::Graph;
use serde_json::{Value, json};

/// What was found for a file.
pub(crate) struct Checked {
    pub(crate) file: String,
    pub(crate) engine: String,
    pub(crate) verdict: Verdict,
    pub(crate) report: Option<Report>,
    pub(crate) classic: Option<Classic>,
    /// What there is to say where there is no report.
    pub(crate) message: Option<(&'static str, String)>,
    /// The nodes that are to blame, as programs read them.
    pub(crate) guilty: Vec<Value>,
    /// The same for people, one line each.
    pub(crate) sentences: Vec<String>,
}

impl Checked {
    /// Enters who is to blame.
    pub(crate) fn blame(&mut self, blame: &Blame, graph: &Graph) {
        for suspect in &blame.suspects {
            self.guilty.push(json!({
                "node": graph.name(suspect.node), "op": suspect.op, "operand": suspect.operand,
                "message": suspect.message,
            }));
            self.sentences.push(suspect.message.clone());
        }
        if let Some(elsewhere) = &blame.elsewhere {
            self.guilty
                .push(json!({"node": null, "op": null, "operand": null, "message": elsewhere}));
            self.sentences.push(elsewhere.clone());
        }
        if !blame.unexplained.is_empty() {
            let names = blame.unexplained.join(", ");
            let sentence = format!("no fault in a single place makes the numbers of {names}");
            self.sentences.push(sentence);
        }
    }

    /// For people.
    pub(crate) fn words(&self) -> String {
        let Self { file, engine, .. } = self;
        let mut text = format!("{file} ({engine}): ");
        match (&self.report, &self.classic, &self.message) {
            (_, Some(classic), _) if self.report.is_none() => {
                text.push_str(&format!("{}\n", classic.sentence(true)));
            }
            (Some(report), ..) => {
                let words = report.to_string();
                let word = report.verdict.name();
                let rest = words.strip_prefix(word).unwrap_or(&words);
                text.push_str(&format!("{}{rest}", coloured(report.verdict)));
            }
            (None, _, Some((word, message))) => {
                let verdict = coloured(self.verdict);
                text.push_str(&format!("{verdict} ({word})\n  {message}\n"));
            }
            (None, _, None) => text.push_str(&format!("{}\n", coloured(self.verdict))),
        }
        for sentence in &self.sentences {
            text.push_str(&format!("  guilty: {sentence}\n"));
        }
        text
    }

    /// For CI systems.
    pub(crate) fn item(&self) -> Item {
        let mut message = match (&self.report, &self.classic, &self.message) {
            (Some(report), ..) => report.to_string().trim_end().to_string(),
            (None, Some(classic), _) => classic.sentence(false),
            (None, None, told) => told.clone().map_or(String::new(), |(_, message)| message),
        };
        for sentence in &self.sentences {
            message.push_str(&format!("\nguilty: {sentence}"));
        }
        let mark = match self.verdict {
            Verdict::Agree => Mark::Right,
            Verdict::Undecided => Mark::Open(message),
            Verdict::Disagree => {
                let told = self.message.as_ref();
                let told = told.and_then(|(word, _)| Class::from_name(word));
                let class = self.report.as_ref().and_then(Report::class).or(told);
                // the classical rule knows gradients only
                let class = class.unwrap_or(Class::WrongGradient);
                let signature = [&self.engine, class.name(), &self.file].join(" ");
                Mark::Wrong {
                    class,
                    message,
                    signature,
                }
            }
        };
        Item {
            engine: self.engine.clone(),
            name: self.file.clone(),
            file: (self.file != "-").then(|| self.file.clone()),
            mark,
        }
    }

    pub(crate) fn json(&self) -> Value {
        let report = self.report.as_ref();
        let method = report.map_or("classic", |report| report.method);
        let mut value = json!({
            "file": self.file,
            "engine": self.engine,
            "verdict": self.verdict.name(),
            "classic_difference": self.classic.as_ref().map(|classic| number(classic.difference)),
            "method": method,
            "evaluations": report.map_or(0, |report| report.evaluations),
            "params": {},
            "undecided": {},
            "faults": [],
            "pattern": report.and_then(Report::pattern),
            "guilty": self.guilty,
            "judgement": report.map(|report| report.judgement().name()),
            "resolution": report.map(|report| number(report.resolution)),
        });
        if let (None, Some(classic)) = (report, &self.classic) {
            value["evaluations"] = json!(2 * classic.approximation.len());
        }
        if let Some(report) = report {
            for (name, p) in &report.params {
                value["params"][name] = json!({
                    "checked": p.checked, "agree": p.agree, "disagree": p.disagree,
                    "undecided": p.undecided, "unobserved": p.unobserved,
                    "elements": p.shape.count(), "worst_relative": number(p.worst_relative),
                });
            }
            for (reason, count) in &report.undecided {
                value["undecided"][reason.name()] = json!(count);
            }
            let faults = report.faults.iter().map(|fault| {
                json!({
                    "class": fault.class.name(), "judgement": fault.judgement.name(), "param": fault.param, "index": fault.index,
                    "claimed": number(fault.claimed), "reference": number(fault.reference),
                    "error": number(fault.error), "ratio": number(fault.ratio()),
                    "message": fault.message,
                })
            });
            value["faults"] = faults.collect();
        }
        if let Some((word, message)) = &self.message {
            value[if *word == "unsupported" {
                word
            } else {
                "message"
            }] = json!(message);
            if self.verdict == Verdict::Disagree {
                value["faults"] = json!([{"class": word, "message": message}]);
            }
        }
        value
    }
}
