//! What a rule is asked, and what it may answer.

use super::families::Subject;
use super::random::Random;
use std::cell::Cell;

/// The type that the program under test computes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Double,
    Single,
}

impl Precision {
    /// `x` as this type holds it.
    pub(crate) fn round(self, x: f64) -> f64 {
        match self {
            Precision::Double => x,
            Precision::Single => f64::from(x as f32),
        }
    }

    /// The distance from `|x|` to the next larger number of this type.
    pub(crate) fn ulp(self, x: f64) -> f64 {
        match self {
            Precision::Double => x.abs().next_up() - x.abs(),
            Precision::Single => {
                let x = (x as f32).abs();
                f64::from(x.next_up()) - f64::from(x)
            }
        }
    }
}

/// The answer of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The gradient is right.
    Pass,
    /// The gradient is wrong.
    Flag,
    /// The rule says that it cannot tell.
    Undecided,
    /// The rule says that the check itself failed.
    Error,
}

impl Answer {
    /// Rules with two answers.
    pub(crate) fn right(right: bool) -> Self {
        if right { Answer::Pass } else { Answer::Flag }
    }
}

/// A function, a point and a claimed gradient, with a count of how often the function was evaluated.
pub(crate) struct Problem<'a> {
    pub(crate) subject: &'a dyn Subject,
    pub(crate) precision: Precision,
    pub(crate) at: &'a [f64],
    pub(crate) claim: &'a [f64],
    /// Where a rule takes its randomness from.
    pub(crate) seed: u64,
    pub(crate) evaluations: Cell<usize>,
}

impl Problem<'_> {
    /// The function at `x`, in the program's own type: an `f32` program rounds its arguments, all its operations and
    /// its result.
    pub(crate) fn value(&self, x: &[f64]) -> f64 {
        self.count();
        match self.precision {
            Precision::Double => self.subject.double(x),
            Precision::Single => {
                let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
                f64::from(self.subject.single(&x))
            }
        }
    }

    /// Notes one evaluation.
    pub(crate) fn count(&self) {
        self.evaluations.set(self.evaluations.get() + 1);
    }

    /// A fresh stream, the same for the same problem. Not rounded: directions are the rule's own numbers.
    pub(crate) fn random(&self) -> Random {
        Random::new(Precision::Double, &[self.seed])
    }
}

/// A gradient checker.
pub(crate) trait Rule {
    /// Its name, as a column of the table.
    fn name(&self) -> &'static str;
    /// Whether it checks programs in this type.
    fn takes(&self, precision: Precision) -> bool;
    /// Is the claimed gradient right?
    fn judge(&self, problem: &Problem) -> Answer;
}
