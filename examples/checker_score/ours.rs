//! The checker of this crate: of a black box in `f64`, of a generic function, and of a black box in `f32`. As the others do, it
//! ends with the first wrong element.

use super::families::Family;
use super::problem::{Answer, Precision, Problem, Rule};
pub(crate) use secant::check::Function;
use secant::check::{Check, Report, Verdict};

/// The name of [`BlackBox`].
pub(crate) const BLACK_BOX: &str = "secant";
/// The name of [`Wide`].
pub(crate) const GENERIC: &str = "secant, generic";

/// All of them, in the order of the table.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![Box::new(BlackBox), Box::new(Wide)]
}

fn answer(report: &Report) -> Answer {
    match report.verdict {
        Verdict::Agree => Answer::Pass,
        Verdict::Undecided => Answer::Undecided,
        Verdict::Disagree => Answer::Flag,
    }
}

/// Function and claim as closures on slices, in either type.
pub(crate) struct BlackBox;

impl Rule for BlackBox {
    fn name(&self) -> &'static str {
        BLACK_BOX
    }

    fn takes(&self, _: Precision) -> bool {
        true
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let report = match problem.precision {
            Precision::Double => Check::new(|x: &[f64]| problem.value(x))
                .claim(problem.claim)
                .faults(1)
                .at(problem.at),
            Precision::Single => {
                let [at, claim] = [problem.at, problem.claim]
                    .map(|v| v.iter().map(|&x| x as f32).collect::<Vec<f32>>());
                let f = |x: &[f32]| {
                    problem.count();
                    problem.subject.single(x)
                };
                Check::single(f).claim(&claim).faults(1).at(&at)
            }
        };
        answer(&report)
    }
}

/// A function that is generic over numbers, which the checker runs in twice the digits.
pub(crate) struct Wide;

impl Rule for Wide {
    fn name(&self) -> &'static str {
        GENERIC
    }

    fn takes(&self, precision: Precision) -> bool {
        precision == Precision::Double
    }

    fn judge(&self, problem: &Problem) -> Answer {
        problem.subject.judge_wide(problem)
    }
}

/// What [`Wide`] says of one family: here its type is known, as a generic function needs. The program is recorded once, so
/// evaluations are those of the record.
pub(crate) fn judge_wide<F: Family>(function: &F, problem: &Problem) -> Answer {
    let report = Check::generic(function).claim(problem.claim).at(problem.at);
    problem.evaluations.set(report.evaluations);
    answer(&report)
}
