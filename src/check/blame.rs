//! What is wrong in an engine, not only that something is: the guilty node.
//!
//! A program that fails is cut in two: the part from a node on, with what it reads from before as parameters. If that
//! part fails too, the guilty node is in it, so the shortest part that fails begins with the guilty node, and bisection finds
//! it after log2(nodes) evaluations. Then the node is put on trial by itself, with its operands' values and its
//! adjoint; if that does not fail, because the fault is in how several shares come together, with its neighbours.
//!
//! A part holds the numbers that it met in the whole, so that a fault which bites only there bites in the part as well. What comes
//! before the guilty node is a program of its own, and is searched again.

use super::part::Whole;
use super::pattern::{Factor, Pattern};
use super::planting::blame_claim;
use super::{Class, Fault, Judge, Options, Report, Verdict};
use crate::engine::{Engine, EngineError, Want, evaluate_caught};
use crate::graph::{Case, Params};
use crate::modes::Error;
use crate::op::Id;
use crate::tensor::Tensor;
use std::fmt;

/// A node that is under suspicion.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The node, in the case that was given.
    pub node: Id,
    /// Its operation, by name.
    pub op: String,
    /// The operand whose share is wrong; none if it is more than one of them, or none of them.
    pub operand: Option<usize>,
    /// What is wrong, in words.
    pub message: String,
    /// The smallest part of the program that shows it.
    pub case: Case,
    /// Other nodes, and operands, that would make the same numbers.
    pub others: Vec<(Id, Option<usize>)>,
}

impl fmt::Display for Suspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// How far to inquiry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inquiry {
    /// How many guilty nodes are named at most.
    pub suspects: usize,
    /// How often an engine is asked, or a fault is planted, at most.
    pub trials: usize,
    /// How parts are judged.
    pub options: Options,
}

impl Inquiry {
    /// Some seconds' worth for cases of some hundred nodes.
    pub fn of(case: &Case) -> Self {
        Self {
            suspects: 4,
            trials: 1000,
            options: Options {
                // enough to see what they have in common
                faults: 1000,
                ..Options::for_dtype(case.dtype)
            },
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blame {
    /// The guilty nodes, the last of the program first; none if nothing is wrong, or nothing explains what is.
    pub suspects: Vec<Suspect>,
    /// Parameters whose gradient is wrong, and nothing explains how.
    pub unexplained: Vec<String>,
    /// If the numbers of a claim are right at another point, at which.
    pub elsewhere: Option<String>,
    /// How often the engine was asked, or a fault was planted.
    pub trials: usize,
}

/// The nodes whose rules an engine has wrong, as far as values and gradient of a case show it.
///
/// # Errors
/// If the case cannot be evaluated.
///
/// ```
/// use secant::Case;
/// use secant::check::{Inquiry, blame};
/// use secant::engine::sabotage::{Sabotage, Sabotaged};
/// let case = Case::from_text("secant 1\nparam x [] = 0.5\ny = sin(x)\nz = exp(y)\nreturn z\n")?;
/// let fault: Sabotage = "sin:sign".parse()?;
/// let found = blame(&case, &mut Sabotaged::new(fault), &Inquiry::of(&case))?;
/// assert_eq!(found.suspects[0].message, "the share of sin node y for its operand x has the wrong sign");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn blame(case: &Case, engine: &mut dyn Engine, inquiry: &Inquiry) -> Result<Blame, Error> {
    let mut trial = Trial {
        engine,
        inquiry,
        trials: 0,
    };
    let mut found = Blame::default();
    // node handles of what is left of the program, as those of the whole
    let mut rest = case.clone();
    while found.suspects.len() < inquiry.suspects && trial.fails(&rest, 1).is_some() {
        let whole = Whole::new(&rest)?;
        let Some((node, mut suspect)) = trial.guilty(&whole) else {
            break;
        };
        let name = rest.graph.name(node);
        let known = case.graph.ids().find(|&id| case.graph.name(id) == name);
        suspect.node = known.expect("parts have the names of the whole");
        found.suspects.push(suspect);
        match whole.prefix(node) {
            Some(prefix) if prefix.graph.operations() > 0 => rest = prefix,
            _ => break,
        }
    }
    found.trials = trial.trials;
    Ok(found)
}

/// How an engine failed.
enum Failure {
    Report(Box<Report>),
    Broke(Class, String),
}

/// An engine that is asked about parts.
struct Trial<'a> {
    engine: &'a mut dyn Engine,
    inquiry: &'a Inquiry,
    trials: usize,
}

impl Trial<'_> {
    /// How the engine fails on a case, if it does, as far as this many wrong elements show it. What it does not have, and what
    /// cannot be decided, is no failure.
    fn fails(&mut self, case: &Case, faults: usize) -> Option<Failure> {
        if self.trials >= self.inquiry.trials || self.engine.capabilities().refuses(case).is_some()
        {
            return None;
        }
        self.trials += 1;
        let want = Want::gradient();
        match evaluate_caught(self.engine, case, &want) {
            Err(EngineError::Unsupported(_) | EngineError::Invalid(_) | EngineError::Gone(_)) => {
                None
            }
            Err(EngineError::Failed(message)) => Some(Failure::Broke(Class::Crash, message)),
            Err(EngineError::Timeout(message)) => Some(Failure::Broke(Class::Timeout, message)),
            Ok(answer) => {
                let options = Options {
                    faults,
                    ..self.inquiry.options
                };
                let mut judge = Judge::new(case, options).ok()?;
                let report = judge.judge(&answer, &want);
                (report.verdict == Verdict::Disagree).then(|| Failure::Report(Box::new(report)))
            }
        }
    }

    /// The last guilty node of a program that fails, and the smallest part that shows it.
    fn guilty(&mut self, whole: &Whole<'_>) -> Option<(Id, Suspect)> {
        let operations = whole.operations();
        let (mut first, mut end) = (0, operations.len());
        while end - first > 1 {
            let middle = first.midpoint(end);
            let suffix = whole.suffix(operations[middle]);
            match suffix.and_then(|suffix| self.fails(&suffix, 1)) {
                Some(_) => first = middle,
                None => end = middle,
            }
        }
        let &node = operations.get(first)?;
        for case in self.neighbourhoods(whole, node) {
            if let Some(failure) = self.fails(&case, self.inquiry.options.faults) {
                return Some((node, suspect(whole, node, case, &failure)));
            }
        }
        // a part that could not be decided hid a later one
        for &later in &operations[first + 1..] {
            if let Some(case) = whole.among(&[later], &[])
                && let Some(failure) = self.fails(&case, self.inquiry.options.faults)
            {
                return Some((later, suspect(whole, later, case, &failure)));
            }
        }
        let case = whole.suffix(node)?;
        let failure = self.fails(&case, self.inquiry.options.faults)?;
        Some((node, suspect(whole, node, case, &failure)))
    }

    /// A node by itself, then with others that read what it reads or what it makes.
    fn neighbourhoods(&self, whole: &Whole<'_>, node: Id) -> Vec<Case> {
        let graph = &whole.case.graph;
        let args = &graph.node(node).args;
        let outputs = graph.outputs();
        let also: Vec<Id> = args
            .iter()
            .copied()
            .filter(|id| outputs.contains(id))
            .collect();
        let reads = |later: &Id| {
            let own = &graph.node(*later).args;
            *later > node && own.iter().any(|arg| args.contains(arg))
        };
        let follows = |later: &Id| graph.node(*later).args.contains(&node);
        let later: Vec<Id> = whole.operations();
        let readers: Vec<Id> = later.iter().copied().filter(reads).collect();
        let mut groups = vec![vec![node]];
        groups.extend(readers.iter().map(|&reader| vec![node, reader]));
        let mut all = vec![node];
        all.extend(&readers);
        groups.push(all.clone());
        all.extend(
            later
                .iter()
                .filter(|id| follows(id) && !readers.contains(id)),
        );
        all.sort_unstable();
        groups.push(all);
        groups.dedup();
        let mut pairs: Vec<(Vec<Id>, &[Id])> =
            groups.into_iter().map(|group| (group, &[][..])).collect();
        if !also.is_empty() {
            // what is an output has a share of its own
            pairs.insert(1, (vec![node], &also));
        }
        let cases = pairs
            .iter()
            .filter_map(|(group, also)| whole.among(group, also));
        cases.collect()
    }
}

/// Puts into words what a part shows of its node.
fn suspect(whole: &Whole<'_>, node: Id, case: Case, failure: &Failure) -> Suspect {
    let graph = &whole.case.graph;
    let op = graph.node(node).op.name().to_string();
    let named = format!("{op} node {}", graph.name(node));
    let mut operand = None;
    let mut message;
    match failure {
        Failure::Broke(class, words) => message = format!("{named}: {class}: {words}"),
        Failure::Report(report) => {
            let args = &graph.node(node).args;
            let wrong = |name: &str| report.faults.iter().any(|fault| fault.param == name);
            let shares: Vec<usize> = (0..args.len())
                .filter(|&i| wrong(&graph.name(args[i])) && !args[..i].contains(&args[i]))
                .collect();
            if let [one] = shares[..]
                && args.iter().filter(|arg| **arg == args[one]).count() == 1
            {
                operand = Some(one);
            }
            let of = |i: &usize| {
                let name = graph.name(args[*i]);
                let pattern = report.patterns.iter().find(|(other, _)| *other == name);
                let verb = match pattern {
                    Some((_, pattern)) => verb(pattern),
                    None => "is wrong".into(),
                };
                format!("for its operand {name} {verb}")
            };
            let is_value = |fault: &&Fault| fault.class == Class::WrongValue;
            let plain = shares.iter().any(|&i| {
                let name = graph.name(args[i]);
                let mut patterns = report.patterns.iter();
                let named = patterns.any(|(other, pattern)| *other == name && pattern.is_named());
                !named
            });
            if report.faults.iter().any(|fault| is_value(&fault)) {
                message = format!("the value of {named} is wrong");
            } else if plain && let Some(planted) = by_planting(&case, report) {
                message = planted;
            } else if shares.is_empty() {
                message = match report.faults.first() {
                    Some(fault) => format!("{named}: {fault}"),
                    None => named,
                };
            } else {
                let words: Vec<String> = shares.iter().map(of).collect();
                message = format!("the share of {named} {}", words.join(", and "));
            }
        }
    }
    let name = graph.name(node);
    let computes = |id: &Id| !case.graph.node(*id).args.is_empty();
    let others = case.graph.ids().filter(computes);
    let others: Vec<String> = others
        .map(|id| case.graph.name(id).into_owned())
        .filter(|other| *other != name)
        .collect();
    match others.len() {
        0 => {}
        1..=3 => message.push_str(&format!(", where {} is there as well", others.join(", "))),
        more => message.push_str(&format!(", where {more} later nodes are there as well")),
    }
    Suspect {
        node,
        op,
        operand,
        message,
        case,
        others: Vec::new(),
    }
}

/// What the numbers of one operation are made by, if a fault that can be planted makes them.
fn by_planting(case: &Case, report: &Report) -> Option<String> {
    if case.graph.operations() != 1 {
        return None;
    }
    let claimed = |name: &str| {
        let elements = report.params.get(name)?.elements.iter();
        let claimed: Vec<f64> = elements.map(|element| element.claimed).collect();
        Tensor::new(case.params.get(name)?.shape(), claimed).ok()
    };
    let names = case.params.names();
    let claim: Option<Params<f64>> = names.map(|name| Some((name, claimed(name)?))).collect();
    let found = blame_claim(case, &claim?, &Inquiry::of(case)).ok()?;
    match (&found.suspects[..], found.unexplained.is_empty()) {
        ([one], true) => Some(one.message.clone()),
        _ => None,
    }
}

/// What is said of a share that is so.
pub(super) fn verb(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Zero { fit, of } if fit == of => "is missing".into(),
        Pattern::Multiple { factor, .. } => multiple(*factor),
        other => other.to_string(),
    }
}

/// What is said of a share that is so many times what it should be.
pub(super) fn multiple(factor: Factor) -> String {
    match factor {
        Factor::Opposite => "has the wrong sign".into(),
        Factor::Times(2) => "is doubled".into(),
        Factor::Over(2) => "is halved".into(),
        Factor::Over(m) => format!("is divided by {m}"),
        other => format!("is {other} x what it should be"),
    }
}
