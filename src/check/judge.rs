//! The judge: claims of any kind against the wide oracle.

use super::bound::{Bounded, Bounds, bounds, hvp_bounds, tangent_bounds};
use super::report::{Class, Fault, ParamReport, Reason, Report};
use super::wide::{Slope, Wide};
use crate::engine::{Evaluation, Named, Want};
use crate::graph::{Case, Dtype, Params, unravel};
use crate::modes::Error;
use crate::number::{Dd, Number, Real};
use crate::oracle::Estimate;
use crate::tensor::Tensor;
use std::collections::HashMap;

/// A correct engine stays within this many rounding bounds. Measured over random programs the error of an engine with our
/// formulas is below one bound, of engines with other formulas below eight.
const SAFETY: f64 = 16.0;

/// A block of elements is held to so many times the root of the sum of its squared bounds: along random signs rounding
/// errors add up like the steps of a random walk. Of what exceeds this nothing is said but that it is to be halved; only
/// a single element, against [`SAFETY`] times its own bound, is ever called wrong.
const WALK: f64 = 4.0;

/// How the elements of a gradient are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// All at once along a random direction; one by one only where that fails.
    #[default]
    Projection,
    /// Each one by itself.
    Full,
}

/// How to check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How the elements are looked at.
    pub method: Method,
    /// The relative error that must be visible; below it a claim is called right only if rounding allows to tell.
    pub resolution: f64,
    /// For the random directions.
    pub seed: u64,
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
        }
    }
}

/// A case, ready to be held against claims. What the oracle found for one engine serves the next.
pub struct Judge<'c> {
    case: &'c Case,
    options: Options,
    bounds: Bounds,
    wide: Wide<'c>,
    /// The magnitude that each parameter element moves by.
    scales: Vec<f64>,
    /// The sum of the cotangents' magnitudes: what a derivative is measured by where everything is 0.
    cotangents: f64,
    slopes: HashMap<(Option<u64>, bool, Vec<u32>), Slope>,
    evaluations: usize,
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

/// What became of one claim.
enum Decision {
    Agree,
    Wrong(Class, f64, f64),
    Doubt(Reason),
}

/// A vector of claims, each with the bound of its rounding.
struct Claims<'a> {
    names: Vec<(String, &'a Tensor<Bounded>)>,
    claimed: Vec<f64>,
    bounded: Vec<Bounded>,
    wrong: Class,
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
            evaluations: 1,
        })
    }

    /// The verdict on an answer, as far as something was wanted.
    pub fn judge(&mut self, answer: &Evaluation, want: &Want) -> Report {
        let method = match self.options.method {
            Method::Projection => "projection",
            Method::Full => "full",
        };
        let mut report = Report::new(method);
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
        report.evaluations = self.evaluations;
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
                report.fault(self.structural(Class::WrongShape, name, message));
            }
        }
    }

    fn structural(&self, class: Class, name: &str, message: String) -> Fault {
        let nothing = f64::NAN;
        let (claimed, reference, error) = (nothing, nothing, nothing);
        Fault {
            class,
            param: name.into(),
            index: Vec::new(),
            claimed,
            reference,
            error,
            message,
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
                report.fault(self.structural(
                    Class::MissingGradient,
                    name,
                    "is missing in the answer".into(),
                ));
                None
            }
            Some((_, data)) if data.len() != count => {
                let message = format!("has {} elements, should have {count}", data.len());
                report.fault(self.structural(Class::WrongShape, name, message));
                None
            }
            Some((_, data)) => Some(data),
        }
    }

    fn values(&self, answer: Option<&Named>, report: &mut Report) {
        let graph = &self.case.graph;
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
                let tolerance = SAFETY * bound.delta + f64::EPSILON * exact.abs();
                let same = claimed.to_bits() == exact.to_bits()
                    || (claimed.is_nan() && exact.is_nan())
                    || claimed == exact;
                if same || difference <= tolerance {
                    continue;
                }
                let class = if exact.is_finite() && !claimed.is_finite() {
                    Class::NonFinite
                } else {
                    Class::WrongValue
                };
                if self.wide.is_fragile() {
                    report.doubt(Reason::Kink);
                } else if tolerance.is_nan() || !exact.is_finite() || self.too_large(exact) {
                    report.doubt(Reason::Overflow);
                } else {
                    report.fault(Fault {
                        class,
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

    /// Whether the engine's arithmetic cannot hold a number.
    fn too_large(&self, x: f64) -> bool {
        let fits = x.abs() < f64::from(f32::MAX);
        self.case.dtype == Dtype::F32 && !fits
    }

    fn gradient(&mut self, answer: Option<&Named>, report: &mut Report) {
        let bounded = std::mem::take(&mut self.bounds.gradient);
        self.by_param(answer, &bounded, Class::WrongGradient, None, report);
        self.bounds.gradient = bounded;
    }

    fn curvatures(&mut self, answer: Option<&Named>, direction: &Params<f64>, report: &mut Report) {
        let direction: Vec<Tensor<f64>> = direction.values().cloned().collect();
        match hvp_bounds(self.case, &direction) {
            Ok(bounded) => {
                self.by_param(answer, &bounded, Class::WrongHvp, Some(&direction), report)
            }
            Err(_) => report.doubt(Reason::Overflow),
        }
    }

    /// Claims for every parameter: the gradient, or, with a direction, the Hessian times it.
    fn by_param(
        &mut self,
        answer: Option<&Named>,
        bounded: &[Tensor<Bounded>],
        wrong: Class,
        direction: Option<&[Tensor<f64>]>,
        report: &mut Report,
    ) {
        if let Some(extra) = answer.and_then(|named| {
            named
                .iter()
                .find(|(name, _)| self.case.params.get(name).is_none())
        }) {
            report.fault(self.structural(
                Class::WrongShape,
                &extra.0,
                "is no parameter of the program".into(),
            ));
        }
        let mut claims = Claims {
            names: Vec::new(),
            claimed: Vec::new(),
            bounded: Vec::new(),
            wrong,
        };
        let mut known = Vec::new();
        for ((name, x), bounded) in self.case.params.iter().zip(bounded) {
            let claimed = self.claimed(answer, name, x.len(), report);
            known.extend(std::iter::repeat_n(claimed.is_some(), x.len()));
            claims
                .claimed
                .extend_from_slice(claimed.unwrap_or(&vec![0.0; x.len()]));
            claims.bounded.extend(bounded.iter());
            claims.names.push((name.to_string(), bounded));
            report.params.entry(name.to_string()).or_default();
        }
        if self.too_large(self.wide.largest()) {
            report.doubt(Reason::Overflow);
            return;
        }
        let all: Vec<u32> = (0..claims.claimed.len() as u32)
            .filter(|&i| known[i as usize])
            .collect();
        let mut work = match self.options.method {
            Method::Full => all.iter().map(|&i| vec![i]).collect(),
            Method::Projection => self.blocks(&all, &claims),
        };
        while let Some(block) = work.pop() {
            match self.decide(&block, &claims, direction) {
                Decision::Agree => self.count(&block, &claims, None, report),
                decision if block.len() == 1 => self.count(&block, &claims, Some(decision), report),
                _ => {
                    // halves, so that a fault is found in about 2 log2(N) further projections
                    let (left, right) = block.split_at(block.len() / 2);
                    work.extend([left.to_vec(), right.to_vec()]);
                }
            }
        }
    }

    /// Blocks in which no element hides another: by size of gradient, as long as the rounding of all leaves even the
    /// smallest visible. Elements that are too weak for that share a block of their own.
    fn blocks(&self, all: &[u32], claims: &Claims<'_>) -> Vec<Vec<u32>> {
        let of = |i: u32| {
            let (bounded, scale) = (claims.bounded[i as usize], self.scales[i as usize]);
            (bounded.value.abs() * scale, bounded.delta * scale)
        };
        let visible = |value: f64, tolerance| 1.5 * tolerance <= self.options.resolution * value;
        let mut sorted: Vec<u32> = all.to_vec();
        sorted.sort_by(|&i, &j| of(j).0.total_cmp(&of(i).0));
        let (mut blocks, mut weak, mut block) = (Vec::new(), Vec::new(), Vec::new());
        let mut walk = 0f64;
        for i in sorted {
            let (value, delta) = of(i);
            if !visible(value, SAFETY * delta) {
                weak.push(i);
                continue;
            }
            if !visible(value, WALK * walk.hypot(delta)) {
                blocks.push(std::mem::take(&mut block));
                walk = 0.0;
            }
            block.push(i);
            walk = walk.hypot(delta);
        }
        blocks.extend([block, weak]);
        blocks.retain(|block| !block.is_empty());
        blocks
    }

    /// The claim along the block's direction against the oracle's. Before a single element is called wrong, the oracle
    /// takes its smallest steps: its error is itself an estimate.
    fn decide(
        &mut self,
        block: &[u32],
        claims: &Claims<'_>,
        along: Option<&[Tensor<f64>]>,
    ) -> Decision {
        match self.compare(block, claims, along, false) {
            Decision::Wrong(..) if block.len() == 1 => self.compare(block, claims, along, true),
            decision => decision,
        }
    }

    fn compare(
        &mut self,
        block: &[u32],
        claims: &Claims<'_>,
        along: Option<&[Tensor<f64>]>,
        fine: bool,
    ) -> Decision {
        let weights: Vec<f64> = block.iter().map(|&i| self.weight(i, block.len())).collect();
        let mut claim = Dd::of(0.0);
        let (mut delta, mut size) = (0f64, 0.0);
        for (&i, weight) in block.iter().zip(&weights) {
            let i = i as usize;
            claim += Dd::from(claims.claimed[i]) * Dd::from(*weight);
            delta = delta.hypot(claims.bounded[i].delta * weight.abs());
            size += (claims.claimed[i] * weight).abs();
        }
        let safety = if block.len() == 1 { SAFETY } else { WALK };
        let tolerance = safety * delta + f64::EPSILON * size;
        // of zeros that are claimed to be zeros: far below what a derivative is measured by
        let least = if tolerance == 0.0 {
            0.1 * f64::EPSILON * self.wide.size
        } else {
            0.05 * tolerance
        };
        let enough = if fine { 0.0 } else { least };
        let slope = self.slope(block, &weights, along, enough);
        let claim_is_finite = block
            .iter()
            .all(|&i| claims.claimed[i as usize].is_finite());
        match slope {
            Slope::Kink(left, right) => {
                let (low, high) = (left.value.min(right.value), left.value.max(right.value));
                let slack = tolerance + left.error + right.error;
                let claim = claim.to_f64();
                let between = claim >= low - slack && claim <= high + slack;
                let in_doubt = self.wide.is_fragile() || self.wide.is_many_sided();
                if !slack.is_finite() {
                    Decision::Doubt(Reason::Overflow)
                } else if in_doubt || (claim_is_finite && between) {
                    Decision::Doubt(Reason::Kink)
                } else {
                    let class = if claim_is_finite {
                        claims.wrong
                    } else {
                        Class::NonFinite
                    };
                    let nearest = if claim < low { low } else { high };
                    Decision::Wrong(class, nearest / weights[0], slack / weights[0].abs())
                }
            }
            Slope::Smooth(truth) | Slope::Tied(truth) => {
                let limit = tolerance + truth.error + f64::EPSILON * truth.value.abs();
                // the natural size of a derivative: what the program adds up, over how far it moves
                let natural = match truth.value.abs().max(size).max(self.wide.size) {
                    0.0 => self.cotangents,
                    natural => natural,
                };
                let tied = matches!(slope, Slope::Tied(_));
                let wrong = |class| match tied || self.wide.is_fragile() {
                    // rounding may have put the engine on the other side of a jump, where the slope is another one; or
                    // a rule made its choice at a tie
                    true => Decision::Doubt(Reason::Kink),
                    false => {
                        let reference = truth.value / weights[0];
                        Decision::Wrong(class, reference, limit / weights[0].abs())
                    }
                };
                let difference = (claim - Dd::from(truth.value)).to_f64().abs();
                if !truth.error.is_finite() {
                    Decision::Doubt(if truth.value.is_finite() {
                        Reason::Noise
                    } else {
                        Reason::Overflow
                    })
                } else if !claim_is_finite && delta.is_finite() {
                    wrong(Class::NonFinite)
                } else if !limit.is_finite() {
                    Decision::Doubt(Reason::Overflow)
                } else if difference > limit || difference.is_nan() {
                    wrong(claims.wrong)
                } else if limit > self.options.resolution * natural {
                    let engine = tolerance >= truth.error;
                    Decision::Doubt(if engine {
                        Reason::IllConditioned
                    } else {
                        Reason::Noise
                    })
                } else {
                    Decision::Agree
                }
            }
        }
    }

    /// The weight of an element in its block's direction: its scale, a random sign and a random factor in [0.5, 1.5]
    /// (plain signs would let exchanged elements cancel); alone, its scale.
    fn weight(&self, i: u32, count: usize) -> f64 {
        let scale = self.scales[i as usize];
        if count == 1 {
            return scale;
        }
        let bits = crate::op::splitmix64(self.options.seed.wrapping_add(u64::from(i)));
        let factor = 0.5 + (bits >> 11) as f64 / (1u64 << 53) as f64;
        if bits & 1 == 0 {
            scale * factor
        } else {
            -scale * factor
        }
    }

    fn slope(
        &mut self,
        block: &[u32],
        weights: &[f64],
        along: Option<&[Tensor<f64>]>,
        enough: f64,
    ) -> Slope {
        let order = along.map(|v| {
            v.iter()
                .flat_map(Tensor::iter)
                .fold(17u64, |h, x| crate::op::splitmix64(h ^ x.to_bits()))
        });
        let key = (order, enough == 0.0, block.to_vec());
        if let Some(&known) = self.slopes.get(&key) {
            return known;
        }
        let places = block.iter().map(|&i| i as usize);
        let direction = places.zip(weights.iter().copied());
        let slope = match along {
            None => {
                self.evaluations += 4;
                self.wide.slope(direction, enough)
            }
            Some(v) => {
                self.evaluations += 16;
                // a kink near by leaves nothing to compare with
                match self.wide.curvature(v, direction, enough) {
                    Some(estimate) => Slope::Smooth(estimate),
                    None => Slope::Kink(
                        Estimate {
                            value: f64::NEG_INFINITY,
                            error: 0.0,
                        },
                        Estimate {
                            value: f64::INFINITY,
                            error: 0.0,
                        },
                    ),
                }
            }
        };
        self.slopes.insert(key, slope);
        slope
    }

    /// Enters a decision about a block, or, if it is none, that the block is right.
    fn count(
        &self,
        block: &[u32],
        claims: &Claims<'_>,
        decision: Option<Decision>,
        report: &mut Report,
    ) {
        if let Some(Decision::Doubt(reason)) = &decision {
            report.doubt(*reason);
        }
        for &i in block {
            let mut element = i as usize;
            let (name, tensor) = claims
                .names
                .iter()
                .find(|(_, tensor)| {
                    let here = element < tensor.len();
                    if !here {
                        element -= tensor.len();
                    }
                    here
                })
                .expect("an element of a parameter");
            let param: &mut ParamReport = report.params.entry(name.clone()).or_default();
            param.checked += 1;
            let bounded = claims.bounded[i as usize];
            let relative = |reference: f64| {
                let difference = (claims.claimed[i as usize] - reference).abs();
                if difference == 0.0 {
                    0.0
                } else {
                    difference / reference.abs()
                }
            };
            match &decision {
                None => {
                    param.agree += 1;
                    param.zeros += usize::from(claims.claimed[i as usize] == 0.0);
                    param.worst_relative = param.worst_relative.max(relative(bounded.value));
                }
                Some(Decision::Doubt(_)) => param.undecided += 1,
                Some(Decision::Wrong(class, reference, error)) => {
                    param.disagree += 1;
                    param.worst_relative = param.worst_relative.max(relative(*reference));
                    report.fault(Fault {
                        class: *class,
                        param: name.clone(),
                        index: unravel(element, tensor.shape()),
                        claimed: claims.claimed[i as usize],
                        reference: *reference,
                        error: *error,
                        message: String::new(),
                    });
                }
                Some(Decision::Agree) => unreachable!("agreement is entered as none"),
            }
        }
    }

    fn tangents(&mut self, answer: Option<&Named>, directions: &Params<f64>, report: &mut Report) {
        let direction: Vec<Tensor<f64>> = directions.values().cloned().collect();
        let Ok(bounded) = tangent_bounds(self.case, &direction) else {
            return report.doubt(Reason::Overflow);
        };
        if self.too_large(self.wide.largest()) {
            return report.doubt(Reason::Overflow);
        }
        self.evaluations += 8;
        let Some(truth) = self.wide.tangents(&direction) else {
            return report.doubt(Reason::Kink);
        };
        let graph = &self.case.graph;
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
                    report.fault(Fault {
                        class: if claimed.is_finite() {
                            Class::WrongJvp
                        } else {
                            Class::NonFinite
                        },
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
