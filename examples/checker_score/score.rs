//! Runs every rule on right and on spoiled gradients, and counts its answers.

use super::families::{self, Draw};
use super::faults::FAULTS;
use super::problem::{Answer, Precision, Problem, Rule};
use super::random::Random;
use std::cell::Cell;

/// The answers of one rule to one kind of question.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) asked: usize,
    pub(crate) passed: usize,
    pub(crate) flagged: usize,
    pub(crate) undecided: usize,
    pub(crate) errors: usize,
    pub(crate) evaluations: usize,
}

impl Tally {
    fn add(&mut self, answer: Answer, evaluations: usize) {
        self.asked += 1;
        self.evaluations += evaluations;
        *match answer {
            Answer::Pass => &mut self.passed,
            Answer::Flag => &mut self.flagged,
            Answer::Undecided => &mut self.undecided,
            Answer::Error => &mut self.errors,
        } += 1;
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            passed: self.passed + other.passed,
            flagged: self.flagged + other.flagged,
            undecided: self.undecided + other.undecided,
            errors: self.errors + other.errors,
            evaluations: self.evaluations + other.evaluations,
        }
    }

    /// The share of `part` of what was asked, in percent; NaN if nothing was.
    pub(crate) fn percent(&self, part: usize) -> f64 {
        100.0 * part as f64 / self.asked as f64
    }

    /// Wrong gradients that were not flagged: an answer without a decision finds nothing.
    pub(crate) fn missed(&self) -> f64 {
        self.percent(self.asked - self.flagged)
    }
}

/// What one rule did in one type.
pub(crate) struct Score {
    pub(crate) rule: &'static str,
    pub(crate) right: Tally,
    /// By fault, in the order of [`FAULTS`].
    pub(crate) wrong: Vec<Tally>,
    /// Families whose right gradient was flagged, each once.
    pub(crate) false_alarms: Vec<&'static str>,
}

impl Score {
    /// All spoiled gradients together.
    pub(crate) fn all_wrong(&self) -> Tally {
        self.wrong
            .iter()
            .fold(Tally::default(), |sum, &tally| sum.plus(tally))
    }

    /// The answers to one fault.
    pub(crate) fn of_fault(&self, name: &str) -> Tally {
        let place = FAULTS.iter().position(|fault| fault.0 == name);
        place.map_or(Tally::default(), |place| self.wrong[place])
    }
}

/// Asks all rules about `trials` functions and points, each with its right gradient and with every fault.
pub(crate) fn measure(
    rules: &[Box<dyn Rule>],
    precision: Precision,
    trials: u64,
    seed: u64,
) -> Vec<Score> {
    let rules: Vec<&dyn Rule> = rules
        .iter()
        .map(|rule| &**rule)
        .filter(|rule| rule.takes(precision))
        .collect();
    let mut scores: Vec<Score> = rules
        .iter()
        .map(|rule| Score {
            rule: rule.name(),
            right: Tally::default(),
            wrong: vec![Tally::default(); FAULTS.len()],
            false_alarms: Vec::new(),
        })
        .collect();
    let families = families::of(precision);
    for (trial, family) in (0..trials).zip(families.iter().cycle()) {
        let mut random = Random::new(precision, &[seed, trial]);
        let Draw { subject, at } = (family.draw)(&mut random);
        let gradient = subject.gradient(&at);
        let gradient: Vec<f64> = gradient.iter().map(|&g| precision.round(g)).collect();
        let right = Problem {
            subject: &*subject,
            precision,
            at: &at,
            claim: &gradient,
            seed: random.bits(),
            evaluations: Cell::new(0),
        };
        for (rule, score) in rules.iter().zip(&mut scores) {
            let (answer, evaluations) = ask(*rule, &right, &gradient);
            score.right.add(answer, evaluations);
            if answer == Answer::Flag && !score.false_alarms.contains(&family.name) {
                score.false_alarms.push(family.name);
            }
        }
        for (number, (_, fault)) in FAULTS.iter().enumerate() {
            let Some(claim) = fault.spoil(&right, &mut random) else {
                continue;
            };
            for (rule, score) in rules.iter().zip(&mut scores) {
                let (answer, evaluations) = ask(*rule, &right, &claim);
                score.wrong[number].add(answer, evaluations);
            }
        }
    }
    scores
}

/// The answer of a rule about a claim, and how often it evaluated the function.
fn ask(rule: &dyn Rule, right: &Problem, claim: &[f64]) -> (Answer, usize) {
    let problem = Problem {
        claim,
        evaluations: Cell::new(0),
        ..*right
    };
    let answer = rule.judge(&problem);
    (answer, problem.evaluations.get())
}
