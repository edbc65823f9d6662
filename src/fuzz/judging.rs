//! One case, all engines.
//!
//! An engine of somebody else's is looked at twice. It is asked the same question again, in the same process: the answer
//! must be the same, so that a gradient which is added to the one before is seen. And what it is said to get wrong is
//! held against differences of its own values before anybody hears of it.

use super::choice::{self, Tie};
use super::confirm::{Opinion, confirm};
use crate::check::{Class, Fault, Judge, Options, Reason, Report, Verdict};
use crate::engine::{Engine, EngineError, Evaluation, Mode, Want, evaluate_caught};
use crate::graph::{Case, Params};
use crate::modes::Error;
use crate::op::splitmix64;
use std::fmt;

/// What became of an engine's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// All that was asked is right.
    Agree,
    /// Nothing is known to be wrong, but not all could be decided.
    Undecided(Reason),
    /// The judge calls it wrong, but the engine's own values do not.
    Unconfirmed(Class, String),
    /// The engine does not have what the case needs.
    Unsupported(String),
    /// Nothing is known: the case could not be evaluated, or the engine could not be started again.
    Failed(String),
    /// The engine is wrong; or, if the class is [`Class::Convention`], it makes another legal choice than ours.
    Finding(Class, String),
}

impl Outcome {
    /// Whether the engine is wrong. A legal choice at a kink is not.
    pub fn is_finding(&self) -> bool {
        self.class().is_some_and(|class| class != Class::Convention)
    }

    /// What there is to report, if there is anything.
    pub fn class(&self) -> Option<Class> {
        match self {
            Outcome::Finding(class, _) => Some(*class),
            _ => None,
        }
    }

    /// The outcome of a report as it stands, without a second look.
    fn of(report: &Report) -> Self {
        match (report.verdict, gravest(report), report.reason()) {
            (Verdict::Disagree, Some(fault), _) => {
                Outcome::Finding(fault.class, words(report, fault))
            }
            (Verdict::Undecided, _, Some(reason)) => Outcome::Undecided(reason),
            _ => Outcome::Agree,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Agree => f.write_str("agree"),
            Outcome::Undecided(reason) => write!(f, "undecided: {reason}"),
            Outcome::Unconfirmed(class, message) => write!(f, "unconfirmed {class}: {message}"),
            Outcome::Unsupported(what) => write!(f, "unsupported: {what}"),
            Outcome::Failed(message) => write!(f, "failed: {message}"),
            Outcome::Finding(_, message) => f.write_str(message),
        }
    }
}

/// The fault that a report is about. Numbers of a wrong shape cannot be compared, so a shape comes before values.
pub(super) fn gravest(report: &Report) -> Option<&Fault> {
    let is_shape = |fault: &&Fault| {
        let structural = [Class::WrongShape, Class::MissingGradient];
        structural.contains(&fault.class)
    };
    report
        .faults
        .iter()
        .find(is_shape)
        .or(report.faults.first())
}

/// A wrong value with at least so many right digits is called imprecise.
const PRECISE: f64 = 3.0;

/// A fault, what all faults have in common, and what else is wrong.
fn words(report: &Report, fault: &Fault) -> String {
    let mut words = fault.to_string();
    if let Some(pattern) = report.pattern() {
        words += &format!(" ({pattern})");
    }
    if fault.class == Class::WrongValue {
        let digits = |error: f64, reference: f64| -(error / reference).abs().log10();
        let values = report
            .faults
            .iter()
            .filter(|other| other.class == fault.class);
        let right = values
            .map(|fault| digits(fault.claimed - fault.reference, fault.reference))
            .fold(f64::INFINITY, f64::min);
        if right >= PRECISE {
            let due = digits(fault.error, fault.reference);
            words += &format!("; low precision: values have {right:.1} digits, {due:.1} are due");
        }
        let other = report
            .faults
            .iter()
            .find(|other| other.class != fault.class);
        if let Some(other) = other {
            words += &format!("; and {other}");
        }
    }
    words
}

/// How closely an answer is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// The judge's word counts.
    Quick,
    /// It is confirmed by the engine's own values.
    Thorough,
}

/// What each engine makes of a case, in the engines' order.
///
/// Values and the gradient are asked for; with `order` 2 also the tangent and the Hessian-vector product along a random
/// direction, of engines that have them. An engine that panics has crashed. A foreign engine
/// ([`Engine::is_foreign`]) is asked twice, and what it gets wrong is confirmed by differences of its own values.
pub fn judge_case(
    case: &Case,
    engines: &mut [Box<dyn Engine>],
    order: u8,
    seed: u64,
) -> Vec<Outcome> {
    let mut bench = Bench::new(case, order, seed);
    let outcomes = engines
        .iter_mut()
        .map(|engine| bench.judge(engine.as_mut(), Care::Thorough).outcome);
    outcomes.collect()
}

/// What was found of one engine.
pub(super) struct Examination {
    pub(super) outcome: Outcome,
    /// All that the judge found, if it was asked.
    pub(super) report: Option<Report>,
    /// What is wrong at a tie.
    pub(super) tie: Option<Tie>,
    /// What the engine was asked for.
    pub(super) want: Want,
}

impl Examination {
    /// Whether anything could have been wrong with the gradient: it is not zero everywhere.
    pub(super) fn is_exercised(&self) -> bool {
        let params = self.report.iter().flat_map(|report| report.params.values());
        let mut elements = params.flat_map(|param| &param.elements);
        elements.any(|element| element.reference != 0.0)
    }
}

impl From<Outcome> for Examination {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            report: None,
            tie: None,
            want: Want::default(),
        }
    }
}

/// A case, and what the oracle has found of it for one engine after the other.
pub(super) struct Bench<'c> {
    case: &'c Case,
    order: u8,
    seed: u64,
    options: Options,
    judge: Option<Result<Judge<'c>, Error>>,
}

impl<'c> Bench<'c> {
    pub(super) fn new(case: &'c Case, order: u8, seed: u64) -> Self {
        let options = Options {
            seed,
            // a campaign's next case is worth more than a second look at this one
            projections: 1,
            ..Options::for_dtype(case.dtype)
        };
        Self {
            case,
            order,
            seed,
            options,
            judge: None,
        }
    }

    pub(super) fn judge(&mut self, engine: &mut dyn Engine, care: Care) -> Examination {
        let want = match self.want(engine) {
            Ok(want) => want,
            Err(outcome) => return outcome.into(),
        };
        let what = match ask(self.case, engine, &want) {
            Err(Outcome::Unsupported(what)) => what,
            asked => return self.examine(engine, &want, asked, care),
        };
        // there is a gradient where there are no second derivatives, and values where there is no gradient: they may be wrong
        for less in less(&want) {
            let asked = ask(self.case, engine, &less);
            if let Err(Outcome::Unsupported(_)) = asked {
                continue;
            }
            let found = self.examine(engine, &less, asked, care);
            if let Outcome::Finding(..) | Outcome::Unconfirmed(..) = found.outcome {
                return found;
            }
            break;
        }
        Outcome::Unsupported(what).into()
    }

    /// Looks into what an engine answered.
    fn examine(
        &mut self,
        engine: &mut dyn Engine,
        want: &Want,
        asked: Result<Evaluation, Outcome>,
        care: Care,
    ) -> Examination {
        let without_report = |outcome| Examination {
            want: want.clone(),
            ..Examination::from(outcome)
        };
        let asked = match asked {
            Err(outcome) if !outcome.is_finding() => return without_report(outcome),
            asked => asked,
        };
        let (case, options) = (self.case, self.options);
        let judge = self.judge.get_or_insert_with(|| Judge::new(case, options));
        // whoever fails at a case that has no value is right
        let (judge, answer) = match (judge, asked) {
            (Err(e), _) => return without_report(Outcome::Failed(e.to_string())),
            (Ok(_), Err(finding)) => return without_report(finding),
            (Ok(judge), Ok(answer)) => (judge, answer),
        };
        let report = judge.judge(&answer, want);
        let mut outcome = Outcome::of(&report);
        let mut tie = None;
        if engine.is_foreign() {
            if let Some(other) = again(case, engine, want, &answer, &report, judge) {
                outcome = other;
            } else if let Outcome::Undecided(Reason::Kink) = outcome {
                if let Some((chosen, found)) = choice::judge(case, engine, &report, options, care) {
                    (outcome, tie) = (chosen, found);
                }
            } else if let (Outcome::Finding(class, words), Care::Thorough) = (&outcome, care) {
                let fault = gravest(&report).expect("a finding has a fault");
                outcome = settled(confirm(case, engine, want, fault), *class, words);
                if let Outcome::Unconfirmed(..) = outcome {
                    // it may stand before something that is wrong beyond doubt
                    let mut others = worst(&report, fault).into_iter().map(|fault| {
                        let opinion = confirm(case, engine, want, fault);
                        settled(opinion, fault.class, &self::words(&report, fault))
                    });
                    outcome = others.find(Outcome::is_finding).unwrap_or(outcome);
                }
            }
        }
        Examination {
            outcome,
            report: Some(report),
            tie,
            want: want.clone(),
        }
    }

    /// What to ask of an engine; why nothing, if it cannot take the case.
    fn want(&self, engine: &dyn Engine) -> Result<Want, Outcome> {
        let capabilities = engine.capabilities();
        if let Some(what) = capabilities.refuses(self.case) {
            return Err(Outcome::Unsupported(what));
        }
        let has = |mode| capabilities.modes.contains(&mode);
        let second = |mode, salt| {
            let asked = self.order >= 2 && has(mode);
            asked.then(|| direction(self.case, self.seed ^ salt))
        };
        Ok(Want {
            value: true,
            gradient: has(Mode::Gradient),
            tangents: second(Mode::Jvp, 0x6a76_7000),
            direction: second(Mode::Hvp, 0x6876_7000),
        })
    }
}

/// What is worth asking for of an engine that does not have all of this: less and less.
fn less(want: &Want) -> Vec<Want> {
    let mut all = vec![want.clone()];
    let mut add = |tangents: bool, direction: bool| {
        let less = Want {
            tangents: want.tangents.clone().filter(|_| tangents),
            direction: want.direction.clone().filter(|_| direction),
            ..want.clone()
        };
        if !all.contains(&less) {
            all.push(less);
        }
    };
    add(true, false);
    add(false, true);
    add(false, false);
    if !all.contains(&Want::value()) {
        all.push(Want::value());
    }
    all.split_off(1)
}

/// The least that an engine has to be asked for to fail as it did when it was asked for all of this.
pub(super) fn least(case: &Case, engine: &mut dyn Engine, want: &Want, class: Class) -> Want {
    let mut less = less(want);
    less.reverse();
    let fails = |want: &Want| {
        let failed = ask(case, engine, want).err();
        failed.is_some_and(|outcome| outcome.class() == Some(class))
    };
    less.into_iter().find(fails).unwrap_or_else(|| want.clone())
}

/// So many faults of a class are held against an engine's own values before it is acquitted of that class.
const TRIED: usize = 4;

/// What else is wrong: of each class what is furthest off.
fn worst<'r>(report: &'r Report, tried: &Fault) -> Vec<&'r Fault> {
    // a number that is missing, or is none, is further off than any
    let off = |fault: &Fault| match ((fault.claimed - fault.reference) / fault.error).abs() {
        off if off.is_nan() => f64::INFINITY,
        off => off,
    };
    let classes = report.faults.chunk_by(|a, b| a.class == b.class);
    let worst = classes.flat_map(|faults| {
        let mut faults: Vec<&Fault> = faults
            .iter()
            .filter(|fault| !std::ptr::eq(*fault, tried))
            .collect();
        faults.sort_by(|a, b| off(b).total_cmp(&off(a)));
        faults.truncate(TRIED);
        faults
    });
    worst.collect()
}

/// A finding with what the second opinion adds, or without its force.
pub(super) fn settled(opinion: Opinion, class: Class, words: &str) -> Outcome {
    match opinion {
        Opinion::Wrong(more) if more.is_empty() => Outcome::Finding(class, words.into()),
        Opinion::Wrong(more) => Outcome::Finding(class, format!("{words}; {more}")),
        Opinion::Unconfirmed(why) | Opinion::Undefined(why) => {
            Outcome::Unconfirmed(class, format!("{words}; but {why}"))
        }
    }
}

fn ask(case: &Case, engine: &mut dyn Engine, want: &Want) -> Result<Evaluation, Outcome> {
    match evaluate_caught(engine, case, want) {
        Ok(answer) => Ok(answer),
        Err(EngineError::Unsupported(what)) => Err(Outcome::Unsupported(what)),
        Err(EngineError::Invalid(message) | EngineError::Gone(message)) => {
            Err(Outcome::Failed(message))
        }
        Err(EngineError::Failed(message)) => Err(Outcome::Finding(Class::Crash, message)),
        Err(EngineError::Timeout(message)) => Err(Outcome::Finding(Class::Timeout, message)),
    }
}

/// The same question a second time: what is wrong with the answer, if it is not the first one. Numbers that differ by
/// rounding alone, because sums ran in another order, are the same answer.
fn again(
    case: &Case,
    engine: &mut dyn Engine,
    want: &Want,
    first: &Evaluation,
    report: &Report,
    judge: &mut Judge<'_>,
) -> Option<Outcome> {
    let second = match ask(case, engine, want) {
        Ok(second) => second,
        // it is wrong already
        Err(_) if report.verdict == Verdict::Disagree => return None,
        Err(Outcome::Finding(class, message)) => {
            let message = format!("when asked a second time: {message}");
            return Some(Outcome::Finding(class, message));
        }
        Err(other) => {
            let message = format!("an answer first, then {other}");
            return Some(Outcome::Finding(Class::NotRepeatable, message));
        }
    };
    let difference = difference(first, &second)?;
    let other = judge.judge(&second, want);
    let both = [report.verdict, other.verdict];
    (both.contains(&Verdict::Disagree) && both[0] != both[1]).then(|| {
        let message = format!("asked twice, {difference}");
        Outcome::Finding(Class::NotRepeatable, message)
    })
}

/// The first thing in which two answers differ.
fn difference(first: &Evaluation, second: &Evaluation) -> Option<String> {
    fn parts(e: &Evaluation) -> [&[(String, Vec<f64>)]; 4] {
        [&e.value, &e.gradient, &e.jvp, &e.hvp].map(|part| part.as_deref().unwrap_or_default())
    }
    for (before, after) in parts(first).into_iter().zip(parts(second)) {
        for (name, before) in before {
            let Some((_, after)) = after.iter().find(|(other, _)| other == name) else {
                return Some(format!("{name} is answered first, and not again"));
            };
            let same = |x: f64, y: f64| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
            let mut pairs = before.iter().zip(after).enumerate();
            if let Some((k, (x, y))) = pairs.find(|(_, (x, y))| !same(**x, **y)) {
                let words = format!("element {k} of {name} is {x:e} first, then {y:e}");
                return Some(match *y == 2.0 * x {
                    true => words + ": the second answer was added to the first",
                    false => words,
                });
            }
            if before.len() != after.len() {
                let (before, after) = (before.len(), after.len());
                return Some(format!("{name} has {before} elements first, then {after}"));
            }
        }
        let is_new = |(name, _): &&(String, _)| before.iter().all(|(other, _)| other != name);
        if let Some((name, _)) = after.iter().find(is_new) {
            return Some(format!("{name} is answered the second time only"));
        }
    }
    let (before, after) = (&first.shapes, &second.shapes);
    (before != after).then(|| format!("shapes are {before:?} first, then {after:?}"))
}

/// A direction that moves every element by about its own size.
pub fn direction(case: &Case, seed: u64) -> Params<f64> {
    let mut k = seed;
    case.params.map(|x| {
        k = k.wrapping_add(1);
        let bits = splitmix64(k);
        let factor = 0.5 + (bits >> 11) as f64 / (1u64 << 53) as f64;
        let size = if x.is_finite() {
            x.abs().max(1e-3)
        } else {
            1.0
        };
        let signed = if bits & 1 == 0 { factor } else { -factor };
        case.dtype.round(size * signed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Builtin, Capabilities, Way};
    use crate::fuzz::{Recipe, Scope};

    /// Answers as it was told to.
    struct Stub(Capabilities, fn() -> Result<Evaluation, EngineError>);

    impl Engine for Stub {
        fn name(&self) -> &str {
            "stub"
        }
        fn capabilities(&self) -> &Capabilities {
            &self.0
        }
        fn evaluate(&mut self, _: &Case, _: &Want) -> Result<Evaluation, EngineError> {
            self.1()
        }
    }

    #[test]
    fn what_goes_wrong_in_an_engine_is_told_apart() {
        let case = Recipe::random(1, 1, &Scope::default()).decode(&Scope::default());
        let stub = |answer| -> Box<dyn Engine> {
            let builtin = Builtin::new(Way::Tape);
            Box::new(Stub(builtin.capabilities().clone(), answer))
        };
        let mut engines = vec![
            stub(|| Err(EngineError::Unsupported("erf".into()))),
            stub(|| Err(EngineError::Invalid("index 3".into()))),
            stub(|| Err(EngineError::Failed("segmentation fault".into()))),
            stub(|| Err(EngineError::Timeout("10 s".into()))),
            stub(|| panic!("index out of bounds")),
            stub(|| Ok(Evaluation::default())),
            Box::new(Builtin::new(Way::Tape)),
        ];
        let outcomes = judge_case(&case, &mut engines, 2, 1);
        let classes: Vec<Option<Class>> = outcomes.iter().map(Outcome::class).collect();
        let expected = [
            None,
            None,
            Some(Class::Crash),
            Some(Class::Timeout),
            Some(Class::Crash),
            Some(Class::MissingGradient),
            None,
        ];
        assert_eq!(classes, expected);
        assert_eq!(outcomes[0], Outcome::Unsupported("erf".into()));
        assert_eq!(outcomes[1], Outcome::Failed("index 3".into()));
        assert_eq!(outcomes[4].to_string(), "panicked: index out of bounds");
        assert_eq!(outcomes[6], Outcome::Agree);
    }
}
