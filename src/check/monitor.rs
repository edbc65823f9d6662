//! Checking while training.
//!
//! The classical advice is to check gradients seldom, because it costs two evaluations a parameter, and never under
//! dropout, because no two evaluations are alike. A [`Monitor`] looks at the gradient of every n-th step, or as often as a
//! share of the time allows, along one random direction, another one each time: three evaluations in the program's own
//! arithmetic where they are enough, about ten where they are not, whatever the number of parameters. Masks are functions of their seeds, so the recorded step is the same
//! function each time it is asked. Only what does not agree at a glance goes before the [`Judge`].

use super::blackbox::BlackBox;
use super::judge::{Judge, Options};
use super::report::{Report, Verdict};
use super::search::factor;
use crate::engine::{Evaluation, Want};
use crate::graph::{Case, Params};
use crate::modes::{Error, cone, rerun, run};
use crate::op::{Id, splitmix64};
use crate::oracle::{Claim, Estimate, Ladder, Slope};
use crate::tensor::Tensor;
use std::time::{Duration, Instant};

/// What a correct gradient may be off along a direction, relative to the sum of its terms' magnitudes, in roundoffs: what
/// is off by more goes before the judge, who knows it better.
const ROUNDOFFS: f64 = 64.0;

/// Looks at some gradients of a training run.
///
/// ```
/// use secant::{Case, Params, Tape, Tensor, check::{Monitor, Verdict}};
/// let mut params = Params::from_iter([("w", Tensor::from([0.3, -0.2, 0.7]))]);
/// let mut monitor = Monitor::every(5);
/// for step in 0..20 {
///     let tape = Tape::new();
///     let w = tape.named("w", params["w"].clone());
///     let loss = (w.dropout(0.5, step) - 1.0).square().sum(None, false);
///     let gradient = Params::from_iter([("w", loss.grad(&[w])?.remove(0))]);
///     let case = || Ok(Case::new(tape.graph(&[loss])?, params.clone())?);
///     if let Some(glance) = monitor.step(case, &gradient)? {
///         assert_ne!(glance.verdict, Verdict::Disagree, "{glance:?}");
///     }
///     params = Params::from_iter([("w", params["w"].zip(&gradient["w"], |w, g| w - 0.1 * g))]);
/// }
/// assert_eq!(monitor.checks(), 4);
/// # Ok::<(), secant::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Monitor {
    pace: Pace,
    steps: usize,
    checks: usize,
    undecided: usize,
    evaluations: usize,
    /// Where the ladder is to start.
    start: Option<f64>,
}

/// When a gradient is looked at.
#[derive(Clone, Debug)]
enum Pace {
    /// At every n-th step.
    Every(usize),
    /// As often as a share of the time allows.
    Within {
        share: f64,
        start: Instant,
        spent: Duration,
        last: Duration,
    },
}

/// What a monitor saw.
#[derive(Clone, Debug)]
pub struct Glance {
    /// The step, counted from 0.
    pub step: usize,
    /// In short.
    pub verdict: Verdict,
    /// The derivative along the direction that the gradient claims.
    pub claimed: f64,
    /// What it is.
    pub reference: Estimate,
    /// How often the program was evaluated.
    pub evaluations: usize,
    /// What the judge said, if it had to be asked.
    pub report: Option<Report>,
}

impl Monitor {
    /// Looks at the first step and every `n`-th after it.
    pub fn every(n: usize) -> Self {
        Self::at(Pace::Every(n.max(1)))
    }

    /// Looks at the first step, and at others as often as this share of the time allows: with 0.05, checks take a twentieth
    /// of what is done besides.
    pub fn within(share: f64) -> Self {
        Self::at(Pace::Within {
            share,
            start: Instant::now(),
            spent: Duration::ZERO,
            last: Duration::ZERO,
        })
    }

    fn at(pace: Pace) -> Self {
        Self {
            pace,
            steps: 0,
            checks: 0,
            undecided: 0,
            evaluations: 0,
            start: None,
        }
    }

    /// How many gradients were looked at.
    pub fn checks(&self) -> usize {
        self.checks
    }

    /// How many of them could not be decided.
    pub fn undecided(&self) -> usize {
        self.undecided
    }

    /// How often programs were evaluated for that.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    fn is_due(&self) -> bool {
        match &self.pace {
            Pace::Every(n) => self.steps.is_multiple_of(*n),
            Pace::Within {
                share,
                start,
                spent,
                last,
            } => {
                let elsewhere = start.elapsed().saturating_sub(*spent);
                self.steps == 0 || *spent + *last <= elsewhere.mul_f64(share.max(0.0))
            }
        }
    }

    /// Counts a step. If its turn has come, the gradient is held against the program that it is claimed for, which is asked
    /// for only then.
    ///
    /// # Errors
    /// If the program cannot be had or evaluated, or the gradient has other names or shapes than its parameters.
    pub fn step(
        &mut self,
        case: impl FnOnce() -> Result<Case, Error>,
        gradient: &Params<f64>,
    ) -> Result<Option<Glance>, Error> {
        let (step, due) = (self.steps, self.is_due());
        self.steps += 1;
        if !due {
            return Ok(None);
        }
        let began = Instant::now();
        let glance = self.check(case()?, gradient, step)?;
        if let Pace::Within { spent, last, .. } = &mut self.pace {
            *last = began.elapsed();
            *spent += *last;
        }
        Ok(Some(glance))
    }

    fn check(&mut self, case: Case, gradient: &Params<f64>, step: usize) -> Result<Glance, Error> {
        for (name, x) in case.params.iter() {
            let found = gradient.get(name).map(|g| g.shape().clone());
            if found.as_ref() != Some(x.shape()) {
                let found = found.map_or("nothing".to_string(), |shape| shape.to_string());
                let expected = x.shape();
                return Err(Error::Mismatch(format!(
                    "the gradient has {found} for the parameter {name} of shape {expected}"
                )));
            }
        }
        let mut glance = self.look(&case, gradient, step)?;
        self.checks += 1;
        if glance.verdict == Verdict::Disagree {
            let report = self.judge(&case, gradient, step as u64)?;
            glance.verdict = report.verdict;
            glance.evaluations += report.evaluations;
            glance.report = Some(report);
        }
        self.undecided += usize::from(glance.verdict == Verdict::Undecided);
        self.evaluations += glance.evaluations;
        Ok(glance)
    }

    /// One direction, in the program's own arithmetic.
    fn look(&mut self, case: &Case, gradient: &Params<f64>, step: usize) -> Result<Glance, Error> {
        let mut direction = Vec::with_capacity(case.params.len());
        let (mut claimed, mut size, mut k) = (0.0, 0.0, splitmix64(step as u64));
        for (name, x) in case.params.iter() {
            let scales = BlackBox::scales(&x.to_vec());
            let weights: Vec<f64> = scales
                .iter()
                .map(|scale| {
                    k = k.wrapping_add(1);
                    scale * factor(k)
                })
                .collect();
            for (g, weight) in gradient[name].iter().zip(&weights) {
                claimed += g * weight;
                size += (g * weight).abs();
            }
            direction.push(Tensor::new(x.shape(), weights).expect("a weight an element"));
        }
        let params = case.params.to_tensors();
        let values = run(&case.graph, &params)?;
        let sum = |moved: &[Option<Tensor<f64>>]| -> f64 {
            let outputs = case.graph.outputs().iter().zip(&case.cotangents);
            let terms = outputs.flat_map(|(id, ct)| {
                let y = moved[id.index()].as_ref().unwrap_or(&values[id.index()]);
                y.iter().zip(ct.iter())
            });
            terms.map(|(y, ct)| y * ct).sum()
        };
        let base = sum(&vec![None; values.len()]);
        let evaluations = std::cell::Cell::new(1);
        let ids: Vec<Id> = case.graph.params().collect();
        let cone = cone(&case.graph, &ids);
        let objective = |t: f64| {
            evaluations.set(evaluations.get() + 1);
            let moved = ids.iter().zip(params.iter().zip(&direction));
            let moved = moved.map(|(&id, (x, d))| (id, x.zip(d, |x, d| x + t * d)));
            rerun(&case.graph, &values, moved, &cone).map_or(f64::NAN, |moved| sum(&moved))
        };
        let resolution = Options::for_dtype(case.dtype).resolution;
        let mut ladder = Ladder::new(objective, base, f64::EPSILON / 2.0);
        if let Some(start) = self.start {
            ladder = ladder.starting_at(start);
        }
        let claim = Claim {
            value: claimed,
            within: ROUNDOFFS * case.dtype.unit() * size,
            error: resolution * size,
        };
        let slope = match ladder.glimpse(&claim) {
            Some(found) => Slope::Smooth(found),
            None => ladder.slope_near(&claim, 1e-2 * resolution * size),
        };
        self.start = Some(ladder.next());
        let reference = match slope {
            Slope::Smooth(found) | Slope::Tied(found) | Slope::Still(found) => found,
            Slope::Kink(..) => Estimate::UNKNOWN,
        };
        let limit = claim.within + reference.error;
        let verdict = if !claimed.is_finite() || (claimed - reference.value).abs() > limit {
            Verdict::Disagree
        } else if limit <= resolution * size.max(ladder.variation()) {
            Verdict::Agree
        } else {
            Verdict::Undecided
        };
        Ok(Glance {
            step,
            verdict,
            claimed,
            reference,
            evaluations: evaluations.get(),
            report: None,
        })
    }

    fn judge(&self, case: &Case, gradient: &Params<f64>, seed: u64) -> Result<Report, Error> {
        let options = Options {
            seed,
            ..Options::for_dtype(case.dtype)
        };
        let want = Want {
            gradient: true,
            ..Want::default()
        };
        let entries = gradient
            .iter()
            .map(|(name, g)| (name.to_string(), g.to_vec()));
        let answer = Evaluation {
            gradient: Some(entries.collect()),
            ..Evaluation::default()
        };
        Ok(Judge::new(case, options)?.judge(&answer, &want))
    }
}
