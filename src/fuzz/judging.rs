//! One case, all engines.

use crate::check::{Class, Judge, Options, Reason, Report, Verdict};
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
    /// The engine does not have what the case needs.
    Unsupported(String),
    /// The case itself is at fault: it could not be evaluated.
    Failed(String),
    /// The engine is wrong.
    Finding(Class, String),
}

impl Outcome {
    /// Whether the engine is wrong.
    pub fn is_finding(&self) -> bool {
        self.class().is_some()
    }

    /// What is wrong, if the engine is.
    pub fn class(&self) -> Option<Class> {
        match self {
            Outcome::Finding(class, _) => Some(*class),
            _ => None,
        }
    }

    fn of(report: &Report) -> Self {
        match (report.verdict, report.class(), report.reason()) {
            (Verdict::Disagree, Some(class), _) => {
                let first = report.faults[0].to_string();
                let message = match report.pattern() {
                    Some(pattern) => format!("{first} ({pattern})"),
                    None => first,
                };
                Outcome::Finding(class, message)
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
            Outcome::Unsupported(what) => write!(f, "unsupported: {what}"),
            Outcome::Failed(message) => write!(f, "failed: {message}"),
            Outcome::Finding(_, message) => f.write_str(message),
        }
    }
}

/// What each engine makes of a case, in the engines' order.
///
/// Values and the gradient are asked for; with `order` 2 also the tangent and the Hessian-vector product along a random
/// direction, of engines that have them. An engine that panics has crashed.
pub fn judge_case(
    case: &Case,
    engines: &mut [Box<dyn Engine>],
    order: u8,
    seed: u64,
) -> Vec<Outcome> {
    let mut judge: Option<Result<Judge<'_>, Error>> = None;
    let options = Options {
        seed,
        // a campaign's next case is worth more than a second look at this one
        projections: 1,
        ..Options::for_dtype(case.dtype)
    };
    let mut outcomes = Vec::with_capacity(engines.len());
    for engine in engines {
        let outcome = match ask(case, engine.as_mut(), order, seed) {
            Err(outcome) if !outcome.is_finding() => outcome,
            // whoever fails at a case that has no value is right
            asked => match judge.get_or_insert_with(|| Judge::new(case, options)) {
                Ok(judge) => match asked {
                    Ok((want, answer)) => Outcome::of(&judge.judge(&answer, &want)),
                    Err(finding) => finding,
                },
                Err(e) => Outcome::Failed(e.to_string()),
            },
        };
        outcomes.push(outcome);
    }
    outcomes
}

/// An engine's answer, and what was asked.
fn ask(
    case: &Case,
    engine: &mut dyn Engine,
    order: u8,
    seed: u64,
) -> Result<(Want, Evaluation), Outcome> {
    let capabilities = engine.capabilities();
    if let Some(what) = capabilities.refuses(case) {
        return Err(Outcome::Unsupported(what));
    }
    let has = |mode| capabilities.modes.contains(&mode);
    let second = |mode, salt| (order >= 2 && has(mode)).then(|| direction(case, seed ^ salt));
    let want = Want {
        value: true,
        gradient: has(Mode::Gradient),
        tangents: second(Mode::Jvp, 0x6a76_7000),
        direction: second(Mode::Hvp, 0x6876_7000),
    };
    match evaluate_caught(engine, case, &want) {
        Ok(answer) => Ok((want, answer)),
        Err(EngineError::Unsupported(what)) => Err(Outcome::Unsupported(what)),
        Err(EngineError::Invalid(message)) => Err(Outcome::Failed(message)),
        Err(EngineError::Failed(message)) => Err(Outcome::Finding(Class::Crash, message)),
        Err(EngineError::Timeout(message)) => Err(Outcome::Finding(Class::Timeout, message)),
    }
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
