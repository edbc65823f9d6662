//! The judge: claims of any kind against the wide oracle.

use super::bound::{Bounded, Bounds, bounds, hvp_bounds, tangent_bounds};
use super::report::{Class, Fault, Quantity, Reason, Report};
use super::search::{Claimed, Claims, Criterion, Method, Oracle, SAFETY, Search, search};
use super::settings::Settings;
use super::wide::Wide;
use crate::engine::{Evaluation, Named, Want};
use crate::graph::{Case, Dtype, Params, unravel};
use crate::modes::Error;
use crate::number::{Dd, Real};
use crate::op::splitmix64;
use crate::oracle::{Estimate, Slope};
use crate::tensor::Tensor;
use std::collections::HashMap;

/// How to check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How the elements are looked at.
    pub method: Method,
    /// The relative error that must be visible; below it a claim is called right only if rounding allows to tell.
    pub resolution: f64,
    /// For the random directions.
    pub seed: u64,
    /// How many random directions look at each block of elements.
    pub projections: u32,
    /// The search ends when this many wrong elements are known.
    pub faults: usize,
}

impl Options {
    /// A resolution that the arithmetic can offer for all but ill-conditioned programs.
    pub fn for_dtype(dtype: Dtype) -> Self {
        let resolution = match dtype {
            Dtype::F64 => 1e-6,
            Dtype::F32 => 2e-2,
        };
        Self {
            method: Method::default(),
            resolution,
            seed: 1,
            projections: 2,
            faults: usize::MAX,
        }
    }
}

/// A case, ready to be held against claims. What the oracle found for one engine serves the next.
pub struct Judge<'c> {
    case: &'c Case,
    options: Options,
    bounds: Bounds,
    /// Whether anything can be said of the rounding on the way.
    is_bounded: bool,
    wide: Wide<'c>,
    /// The magnitude that each parameter element moves by.
    scales: Vec<f64>,
    /// The sum of the cotangents' magnitudes: what a derivative is measured by where everything is 0.
    cotangents: f64,
    slopes: HashMap<(bool, bool, u64), Slope<Dd>>,
    criterion: Option<&'c dyn Criterion>,
    /// The elements to look at, if not all.
    coordinates: Option<&'c [usize]>,
}

/// The verdict on a gradient that somebody claims for a case.
///
/// # Errors
/// If the case cannot be evaluated.
pub fn check(case: &Case, claim: &Params<f64>, options: Options) -> Result<Report, Error> {
    let mut judge = Judge::new(case, options)?;
    let gradient = Some(
        claim
            .iter()
            .map(|(name, x)| (name.to_string(), x.to_vec()))
            .collect(),
    );
    Ok(judge.judge(
        &Evaluation {
            gradient,
            ..Evaluation::default()
        },
        &Want {
            gradient: true,
            ..Want::default()
        },
    ))
}

impl<'c> Judge<'c> {
    /// Evaluates the case in wide arithmetic and bounds the rounding of its own.
    ///
    /// # Errors
    /// If the case cannot be evaluated.
    pub fn new(case: &'c Case, options: Options) -> Result<Self, Error> {
        let bounds = bounds(case)?;
        let wide = Wide::new(case, &bounds)?;
        // an element moves relative to itself, but not by less than a thousandth, so that small ones still show
        let scales = case
            .params
            .to_vector()
            .iter()
            .map(|x| {
                if x.is_finite() {
                    x.abs().max(1e-3)
                } else {
                    1.0
                }
            })
            .collect();
        Ok(Self {
            case,
            options,
            is_bounded: wide.is_bounded(&bounds),
            bounds,
            wide,
            scales,
            cotangents: case
                .cotangents
                .iter()
                .flat_map(Tensor::iter)
                .map(f64::abs)
                .sum(),
            slopes: HashMap::new(),
            criterion: None,
            coordinates: None,
        })
    }

    /// The case, and what sees it in twice the digits.
    pub(super) fn sight(&self) -> (&'c Case, &Wide<'c>) {
        (self.case, &self.wide)
    }

    /// With what a check was told beside the options.
    pub(super) fn told(mut self, settings: &'c Settings<'_>) -> Self {
        self.criterion = settings.criterion.as_deref();
        self.coordinates = settings.coordinates.as_deref();
        self
    }

    /// The verdict on an answer, as far as something was wanted.
    pub fn judge(&mut self, answer: &Evaluation, want: &Want) -> Report {
        let mut report = Report::new(self.options.method.name());
        self.shapes(answer, &mut report);
        if !self.wide.size.is_finite() {
            report.doubt(Reason::Overflow);
        } else {
            if want.value {
                self.values(answer.value.as_ref(), &mut report);
            }
            if want.gradient {
                self.gradient(answer.gradient.as_ref(), &mut report);
            }
            if let Some(tangents) = &want.tangents {
                self.tangents(answer.jvp.as_ref(), tangents, &mut report);
            }
            if let Some(direction) = &want.direction {
                self.curvatures(answer.hvp.as_ref(), direction, &mut report);
            }
        }
        report.evaluations = self.wide.evaluations();
        report
            .faults
            .sort_by_key(|fault| Class::ALL.iter().position(|class| *class == fault.class));
        report
    }

    /// Shapes that the engine tells beside its numbers.
    fn shapes(&self, answer: &Evaluation, report: &mut Report) {
        for (name, shape) in &answer.shapes {
            let Some(id) = self.case.graph.find(name) else {
                continue;
            };
            let expected = &self.case.graph.node(id).shape;
            if shape != expected {
                let message = format!("has shape {shape}, should have {expected}");
                report.fault(Fault::structural(Class::WrongShape, name, message));
            }
        }
    }

    /// The claimed numbers of one name, if there are as many as there should be.
    fn claimed<'a>(
        &self,
        named: Option<&'a Named>,
        name: &str,
        count: usize,
        report: &mut Report,
    ) -> Option<&'a [f64]> {
        let found = named.and_then(|named| named.iter().find(|(other, _)| other == name));
        match found {
            None => {
                report.fault(Fault::structural(
                    Class::MissingGradient,
                    name,
                    "is missing in the answer".into(),
                ));
                None
            }
            Some((_, data)) if data.len() != count => {
                let message = format!("has {} elements, should have {count}", data.len());
                report.fault(Fault::structural(Class::WrongShape, name, message));
                None
            }
            Some((_, data)) => Some(data),
        }
    }

    fn values(&self, answer: Option<&Named>, report: &mut Report) {
        let graph = &self.case.graph;
        let own = self.wide.own_error();
        stranger(answer, |name| self.is_output(name), "output", report);
        for &id in graph.outputs() {
            let (name, shape) = (graph.name(id), &graph.node(id).shape);
            let Some(claimed) = self.claimed(answer, &name, shape.count(), report) else {
                continue;
            };
            let truth = self
                .wide
                .value(id)
                .iter()
                .zip(self.bounds.values[id.index()].iter());
            for (k, (&claimed, (truth, bound))) in claimed.iter().zip(truth).enumerate() {
                let exact = truth.to_f64();
                let difference = (Dd::from(claimed) - truth).to_f64().abs();
                let tolerance = SAFETY * bound.delta + f64::EPSILON * exact.abs() + own;
                let same = claimed.to_bits() == exact.to_bits()
                    || (claimed.is_nan() && exact.is_nan())
                    || claimed == exact;
                if same || difference <= tolerance {
                    continue;
                }
                if self.wide.is_fragile() {
                    report.doubt(Reason::Kink);
                } else if tolerance.is_nan() || !exact.is_finite() || self.too_large(exact) {
                    report.doubt(Reason::Overflow);
                } else {
                    let class = Quantity::Value.class(claimed);
                    report.fault(Fault {
                        class,
                        quantity: Some(Quantity::Value),
                        judgement: class.into(),
                        param: name.to_string(),
                        index: unravel(k, shape),
                        claimed,
                        reference: exact,
                        error: tolerance,
                        message: String::new(),
                    });
                }
            }
        }
    }

    fn is_output(&self, name: &str) -> bool {
        let graph = &self.case.graph;
        graph.outputs().iter().any(|&id| graph.name(id) == name)
    }

    /// Whether the engine's arithmetic cannot hold a number.
    fn too_large(&self, x: f64) -> bool {
        let fits = x.abs() < f64::from(f32::MAX);
        self.case.dtype == Dtype::F32 && !fits
    }

    fn gradient(&mut self, answer: Option<&Named>, report: &mut Report) {
        let bounded = std::mem::take(&mut self.bounds.gradient);
        self.by_param(answer, &bounded, Quantity::Gradient, None, report);
        self.bounds.gradient = bounded;
    }

    fn curvatures(&mut self, answer: Option<&Named>, direction: &Params<f64>, report: &mut Report) {
        let direction = direction.to_tensors();
        match hvp_bounds(self.case, &direction) {
            Ok(bounded) => self.by_param(answer, &bounded, Quantity::Hvp, Some(&direction), report),
            Err(_) => report.doubt(Reason::Overflow),
        }
    }

    /// How many wrong elements are worth naming: each costs some evaluations for every halving.
    fn affordable(&self) -> usize {
        const WORK: usize = 20_000_000;
        let nodes = self.case.graph.nodes().iter();
        let elements: usize = nodes.map(|node| node.shape.count()).sum();
        (WORK / elements.max(1)).max(16)
    }

    /// Claims for every parameter: the gradient, or, with a direction, the Hessian times it.
    fn by_param(
        &mut self,
        answer: Option<&Named>,
        bounded: &[Tensor<Bounded>],
        quantity: Quantity,
        direction: Option<&[Tensor<f64>]>,
        report: &mut Report,
    ) {
        let is_param = |name: &str| self.case.params.get(name).is_some();
        stranger(answer, is_param, "parameter", report);
        let mut claims = Claims {
            names: Vec::new(),
            elements: Vec::with_capacity(self.scales.len()),
            chosen: Vec::with_capacity(self.scales.len()),
            quantity,
        };
        for ((name, x), bounded) in self.case.params.iter().zip(bounded) {
            // an engine need not hand out what is zero everywhere
            let is_nothing = bounded.iter().all(|b| (b.value, b.delta) == (0.0, 0.0));
            let is_given = answer.is_some_and(|named| named.iter().any(|(own, _)| own == name));
            let claimed = match is_nothing && answer.is_some() && !is_given {
                true => None,
                false => self.claimed(answer, name, x.len(), report),
            };
            let first = claims.elements.len();
            if claimed.is_some() {
                let all = first as u32..(first + x.len()) as u32;
                let is_chosen = |i: &u32| {
                    let chosen = self.coordinates;
                    chosen.is_none_or(|chosen| chosen.contains(&(*i as usize)))
                };
                claims.chosen.extend(all.filter(is_chosen));
            }
            let mut values = claimed.into_iter().flatten();
            for (k, bounded) in bounded.iter().enumerate() {
                claims.elements.push(Claimed {
                    value: values.next().copied().unwrap_or(0.0),
                    expected: bounded.value,
                    delta: match self.is_bounded {
                        true => bounded.delta,
                        false => f64::INFINITY,
                    },
                    scale: self.scales[first + k],
                });
            }
            claims.names.push((name.to_string(), x.shape().clone()));
            let entry = report.params.entry(name.to_string()).or_default();
            entry.shape = x.shape().clone();
        }
        if self.too_large(self.wide.largest()) {
            report.doubt(Reason::Overflow);
            return;
        }
        let options = Search {
            method: self.options.method,
            resolution: self.options.resolution,
            seed: self.options.seed,
            projections: self.options.projections,
            criterion: self.criterion,
            faults: self.options.faults.min(self.affordable()),
        };
        let mut along = Along {
            judge: self,
            along: direction,
        };
        search(&mut along, &claims, &options, report);
    }

    fn tangents(&mut self, answer: Option<&Named>, directions: &Params<f64>, report: &mut Report) {
        let direction = directions.to_tensors();
        let Ok(bounded) = tangent_bounds(self.case, &direction) else {
            return report.doubt(Reason::Overflow);
        };
        if self.too_large(self.wide.largest()) {
            return report.doubt(Reason::Overflow);
        }
        let Some(truth) = self.wide.tangents(&direction) else {
            return report.doubt(Reason::Kink);
        };
        let graph = &self.case.graph;
        stranger(answer, |name| self.is_output(name), "output", report);
        for ((&id, truth), bounded) in graph.outputs().iter().zip(&truth).zip(&bounded) {
            let (name, shape) = (graph.name(id), &graph.node(id).shape);
            let Some(claimed) = self.claimed(answer, &name, shape.count(), report) else {
                continue;
            };
            for (k, ((&claimed, truth), bound)) in claimed
                .iter()
                .zip(truth.iter())
                .zip(bounded.iter())
                .enumerate()
            {
                let limit = SAFETY * bound.delta + truth.error + f64::EPSILON * truth.value.abs();
                if !limit.is_finite() || self.too_large(truth.value) {
                    report.doubt(Reason::Overflow);
                } else if (claimed - truth.value).abs() <= limit {
                    continue;
                } else if self.wide.is_fragile() {
                    report.doubt(Reason::Kink);
                } else {
                    let class = Quantity::Jvp.class(claimed);
                    report.fault(Fault {
                        class,
                        quantity: Some(Quantity::Jvp),
                        judgement: class.into(),
                        param: name.to_string(),
                        index: unravel(k, shape),
                        claimed,
                        reference: truth.value,
                        error: limit,
                        message: String::new(),
                    });
                }
            }
        }
    }
}

/// A name in an answer that nobody asked about.
fn stranger(
    answer: Option<&Named>,
    is_known: impl Fn(&str) -> bool,
    what: &str,
    report: &mut Report,
) {
    let mut names = answer.into_iter().flatten().map(|(name, _)| name);
    if let Some(name) = names.find(|name| !is_known(name)) {
        let message = format!("is no {what} of the program");
        report.fault(Fault::structural(Class::WrongShape, name, message));
    }
}

/// The wide oracle for the gradient, or, with a direction, for the Hessian times it.
struct Along<'j, 'c, 'v> {
    judge: &'j mut Judge<'c>,
    along: Option<&'v [Tensor<f64>]>,
}

impl Oracle for Along<'_, '_, '_> {
    fn slope(&mut self, direction: &[(u32, f64)], enough: f64) -> Slope<Dd> {
        let judge = &mut *self.judge;
        let order = self.along.map(|v| {
            let elements = v.iter().flat_map(Tensor::iter);
            elements.fold(17u64, |h, x| splitmix64(h ^ x.to_bits()))
        });
        let key = direction.iter().fold(order.unwrap_or(0), |h, (i, weight)| {
            splitmix64(splitmix64(h ^ u64::from(*i)) ^ weight.to_bits())
        });
        let key = (order.is_some(), enough == 0.0, key);
        if let Some(&known) = judge.slopes.get(&key) {
            return known;
        }
        let places = direction.iter().map(|&(i, weight)| (i as usize, weight));
        let slope = match self.along {
            None => judge.wide.slope(places, enough),
            Some(v) => {
                // a kink near by leaves nothing to compare with
                match judge.wide.curvature(v, places, enough) {
                    Some(estimate) => Slope::Smooth(estimate),
                    None => {
                        let beyond = |value| Estimate { value, error: 0.0 }.widened();
                        Slope::Kink(beyond(f64::NEG_INFINITY), beyond(f64::INFINITY))
                    }
                }
            }
        };
        judge.slopes.insert(key, slope);
        slope
    }

    fn enough(&self, tolerance: f64, _visible: f64) -> f64 {
        match tolerance {
            // of zeros that are claimed to be zeros: far below what a derivative is measured by
            0.0 => 0.1 * f64::EPSILON * self.judge.wide.size,
            _ => 0.05 * tolerance,
        }
    }

    fn is_fragile(&self) -> bool {
        self.judge.wide.is_fragile()
    }

    fn is_many_sided(&self) -> bool {
        self.judge.wide.is_many_sided()
    }

    fn point(&self) -> Option<Vec<f64>> {
        Some(self.judge.case.params.to_vector())
    }

    fn sizes(&self) -> Vec<usize> {
        super::planting::sizes(self.judge.case)
    }

    fn natural(&self, size: f64) -> f64 {
        // what the program adds up, over how far it moves
        match size.max(self.judge.wide.size) {
            0.0 => self.judge.cotangents,
            natural => natural,
        }
    }
}
