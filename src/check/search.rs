//! The search for wrong elements: a vector of claims against whoever can tell the derivative along a direction.
//!
//! One random direction checks all elements of a block at once; a block that does not agree is halved. The half that is
//! not asked for follows from the other and the whole, so a fault among N elements costs about log2(N) directions. Blocks are
//! formed so that no element hides another: by size of gradient, and never so many that their rounding together is larger
//! than the smallest is to be seen with.

use super::recognise::Seen;
use super::report::{Class, Element, Fault, Judgement, Quantity, Reason, Report};
use crate::graph::unravel;
use crate::number::{Dd, Number, Real};
use crate::op::splitmix64;
use crate::oracle::{Claim, Estimate, Slope};
use crate::tensor::Shape;
use approx::{AbsDiffEq, RelativeEq, UlpsEq};
use smallvec::SmallVec;

/// A correct engine stays within this many rounding bounds. Measured over random programs the error of an engine with our
/// formulas is below one bound, of engines with other formulas below eight.
pub(super) const SAFETY: f64 = 16.0;

/// A block of elements is held to so many times the root of the sum of its squared bounds: along random signs rounding
/// errors add up like the steps of a random walk. Of what exceeds this nothing is said but that it is to be halved; only
/// a single element, against [`SAFETY`] times its own bound, is ever called wrong.
const WALK: f64 = 4.0;

/// How the elements of a gradient are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// All at once along random directions; one by one only where that fails.
    #[default]
    Projection,
    /// Each one by itself.
    Full,
}

impl Method {
    pub(super) fn name(self) -> &'static str {
        match self {
            Method::Projection => "projection",
            Method::Full => "full",
        }
    }
}

/// Whoever knows the derivative along a direction.
pub(super) trait Oracle {
    /// The derivative along the direction that moves each element by its weight. An error of `enough` needs no improvement.
    fn slope(&mut self, direction: &[(u32, f64)], enough: f64) -> Slope<Dd>;

    /// The same, for who wants to know no more than whether a claim is right.
    fn slope_near(&mut self, direction: &[(u32, f64)], enough: f64, _claim: &Claim) -> Slope<Dd> {
        self.slope(direction, enough)
    }

    /// Whether it has to measure what its own noise is, so that a thorough look at a block is worth more than many at its
    /// elements.
    fn is_measured(&self) -> bool {
        false
    }

    /// The error that a derivative along a direction is expected to have at best.
    fn floor(&self) -> f64 {
        0.0
    }

    /// The error that needs no improvement, where rounding allows the claim to be off by `tolerance`, and `visible` is to be
    /// seen.
    fn enough(&self, tolerance: f64, _visible: f64) -> f64 {
        0.05 * tolerance
    }

    /// Whether the claimant's rounding may put it on the other side of a kink.
    fn is_fragile(&self) -> bool {
        false
    }

    /// Whether a claim at a kink may be right though it lies between no two sides.
    fn is_many_sided(&self) -> bool {
        false
    }

    /// The parameters' own values, element by element, where they are known.
    fn point(&self) -> Option<Vec<f64>> {
        None
    }

    /// Lengths of axes and numbers of elements in the program: what a wrong factor may come from.
    fn sizes(&self) -> Vec<usize> {
        Vec::new()
    }

    /// What a derivative is measured by: `size`, the magnitude of its terms, or, where it is small, what the function adds
    /// up over how far it moves.
    fn natural(&self, size: f64) -> f64;
}

/// One element of a claim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claimed {
    /// What is claimed.
    pub(super) value: f64,
    /// About what it should be.
    pub(super) expected: f64,
    /// A bound of the rounding that the claim may carry.
    pub(super) delta: f64,
    /// The magnitude that its parameter moves by.
    pub(super) scale: f64,
}

/// A vector of claims, parameter by parameter.
pub(super) struct Claims {
    /// Names and shapes, in order. The report has an entry for each.
    pub(super) names: Vec<(String, Shape)>,
    /// All elements.
    pub(super) elements: Vec<Claimed>,
    /// Those to look at.
    pub(super) chosen: Vec<u32>,
    /// What they are of.
    pub(super) quantity: Quantity,
}

/// When a number is close enough to another: what takes the place of the checker's own tolerance if somebody asks for it.
///
/// The criteria of `approx` are: `approx::Relative`, `approx::AbsDiff` and `approx::Ulps`.
pub trait Criterion {
    /// Whether a claim is close enough to the reference.
    fn is_met(&self, claimed: f64, reference: f64) -> bool;
}

impl<F: Fn(f64, f64) -> bool> Criterion for F {
    fn is_met(&self, claimed: f64, reference: f64) -> bool {
        self(claimed, reference)
    }
}

impl Criterion for approx::AbsDiff<f64> {
    fn is_met(&self, claimed: f64, reference: f64) -> bool {
        claimed.abs_diff_eq(&reference, self.epsilon)
    }
}

impl Criterion for approx::Relative<f64> {
    fn is_met(&self, claimed: f64, reference: f64) -> bool {
        claimed.relative_eq(&reference, self.epsilon, self.max_relative)
    }
}

impl Criterion for approx::Ulps<f64> {
    fn is_met(&self, claimed: f64, reference: f64) -> bool {
        claimed.ulps_eq(&reference, self.epsilon, self.max_ulps)
    }
}

/// How to search.
pub(super) struct Search<'s> {
    pub(super) method: Method,
    pub(super) resolution: f64,
    pub(super) seed: u64,
    /// Random directions for each block.
    pub(super) projections: u32,
    /// Instead of bounds of rounding. It sees elements, so they are looked at one by one.
    pub(super) criterion: Option<&'s dyn Criterion>,
    /// Wrong elements until the search ends.
    pub(super) faults: usize,
}

/// What became of a block.
enum Decision {
    /// It is right. With the error that would have been seen.
    Agree(f64),
    /// It is right, and nothing depends on it.
    Still,
    Wrong(Class, Judgement, Estimate),
    Doubt(Reason),
}

/// Looks at all chosen elements, and enters what it finds.
pub(super) fn search(
    oracle: &mut dyn Oracle,
    claims: &Claims,
    options: &Search<'_>,
    report: &mut Report,
) {
    let mut entries = Entries::new(claims, report);
    let blocks = match options.method {
        _ if options.criterion.is_some() => claims.chosen.iter().map(|&i| vec![i]).collect(),
        Method::Full => claims.chosen.iter().map(|&i| vec![i]).collect(),
        Method::Projection => blocks(oracle, claims, options),
    };
    let mut prober = Prober {
        oracle,
        claims,
        options,
    };
    let most = entries.report.faults.len().saturating_add(options.faults);
    for mut block in blocks {
        // what agrees along a direction goes on to the next, in one piece
        let mut seen = None;
        for number in 0..options.projections {
            if number == 0 || block.len() > 1 {
                (block, seen) = prober.halve(block, number, most, &mut entries);
            }
        }
        if let Some(seen) = seen {
            entries.enter(&block, Decision::Agree(seen));
        }
    }
    entries.close(&*prober.oracle);
}

/// Blocks in which no element hides another: by size of gradient, as long as the summed rounding bounds and the oracle's
/// own error leave even the smallest visible. Elements that are too weak for that share a block of their own, and so
/// do those that are 0.
fn blocks(oracle: &dyn Oracle, claims: &Claims, options: &Search<'_>) -> Vec<Vec<u32>> {
    let floor = oracle.floor();
    let of = |i: u32| {
        let element = claims.elements[i as usize];
        (
            element.expected.abs() * element.scale,
            element.delta * element.scale,
        )
    };
    let visible =
        |value: f64, tolerance: f64| 1.5 * (tolerance + floor) <= options.resolution * value;
    let (mut zeros, mut weak, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let mut least = f64::INFINITY;
    for &i in &claims.chosen {
        match of(i) {
            (0.0, 0.0) => zeros.push(i),
            (value, delta) if visible(value, SAFETY * delta) => {
                least = least.min(value);
                rest.push(i);
            }
            _ => weak.push(i),
        }
    }
    let mut blocks = match visible(least, WALK * norm(rest.iter().map(|&i| of(i).1))) {
        true => vec![rest],
        false => by_size(rest, of, |value, walk| visible(value, WALK * walk)),
    };
    blocks.extend([weak, zeros]);
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Cuts elements into blocks, the largest first, each as long as its least value is visible beside the root of the sum of
/// its squared bounds.
fn by_size(
    mut elements: Vec<u32>,
    of: impl Fn(u32) -> (f64, f64),
    visible: impl Fn(f64, f64) -> bool,
) -> Vec<Vec<u32>> {
    elements.sort_by(|&i, &j| of(j).0.total_cmp(&of(i).0));
    let (mut blocks, mut block) = (Vec::new(), Vec::new());
    let mut walk = 0f64;
    for i in elements {
        let (value, delta) = of(i);
        if !visible(value, walk.hypot(delta)) {
            blocks.push(std::mem::take(&mut block));
            walk = 0.0;
        }
        block.push(i);
        walk = walk.hypot(delta);
    }
    blocks.push(block);
    blocks
}

/// The root of the sum of the squares, of whatever magnitude.
fn norm(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(0.0, f64::max);
    // squares that are far from both ends of the range, where there may be 2^32 of them
    if (1e-120..1e120).contains(&largest) {
        values.map(|x| x * x).sum::<f64>().sqrt()
    } else {
        values.fold(0.0, f64::hypot)
    }
}

/// A random sign, times a random number in [0.5, 1.5) of few bits, so that steps along it can be exact.
pub(super) fn factor(seed: u64) -> f64 {
    let bits = splitmix64(seed);
    let size = 0.5 + (bits >> 48) as f64 / 65536.0;
    if bits & 1 == 0 { size } else { -size }
}

/// Holds blocks of claims against the oracle.
struct Prober<'a> {
    oracle: &'a mut dyn Oracle,
    claims: &'a Claims,
    options: &'a Search<'a>,
}

/// A direction, and what is claimed along it.
struct Projection {
    direction: Vec<(u32, f64)>,
    claim: Dd,
    claim_is_finite: bool,
    /// The sum of the magnitudes that make up the claim.
    size: f64,
    /// What rounding allows.
    tolerance: f64,
    delta: f64,
    /// The smallest contribution that is not 0.
    least: f64,
}

impl Prober<'_> {
    /// The direction of a block: for each element its scale, a random sign and a random factor in [0.5, 1.5] (plain signs
    /// would let exchanged elements cancel).
    fn projection(&self, block: &[u32], number: u32) -> Projection {
        let seed = splitmix64(self.options.seed ^ u64::from(number) << 32);
        let mut found = Projection {
            direction: Vec::with_capacity(block.len()),
            claim: Dd::of(0.0),
            claim_is_finite: true,
            size: 0.0,
            tolerance: 0.0,
            delta: 0.0,
            least: f64::INFINITY,
        };
        for &i in block {
            let element = self.claims.elements[i as usize];
            let weight = element.scale * factor(seed.wrapping_add(u64::from(i)));
            found.direction.push((i, weight));
            found.claim += Dd::from(element.value) * Dd::from(weight);
            found.claim_is_finite &= element.value.is_finite();
            if element.value.is_finite() {
                found.size += (element.value * weight).abs();
            }
            let contribution = (element.expected * weight).abs();
            if contribution > 0.0 {
                found.least = found.least.min(contribution);
            }
        }
        let deltas = found.direction.iter();
        found.delta = norm(deltas.map(|&(i, weight)| {
            let element = self.claims.elements[i as usize];
            element.delta * weight.abs()
        }));
        let safety = if block.len() == 1 { SAFETY } else { WALK };
        found.tolerance = safety * found.delta + f64::EPSILON * found.size;
        found
    }

    /// The error of a slope that needs no improvement.
    fn enough(&self, projection: &Projection) -> f64 {
        let visible = self.options.resolution * projection.least;
        self.oracle.enough(projection.tolerance, visible)
    }

    /// The slope along a direction, for who holds it against what is claimed.
    fn ask(&mut self, projection: &Projection) -> Slope<Dd> {
        let enough = self.enough(projection);
        // in a block, elements are to be seen that are much smaller than the sum
        if projection.direction.len() > 1 || self.options.criterion.is_some() {
            return self.oracle.slope(&projection.direction, enough);
        }
        let claim = Claim {
            value: projection.claim.to_f64(),
            within: projection.tolerance,
            error: self.options.resolution * projection.size,
        };
        self.oracle
            .slope_near(&projection.direction, enough, &claim)
    }

    /// Looks at a block along its direction of some number. As long as a part does not agree it is halved; single elements
    /// are entered. Gives the elements that agree, and the largest error that any might have, if there are some.
    fn halve(
        &mut self,
        block: Vec<u32>,
        number: u32,
        most: usize,
        entries: &mut Entries<'_>,
    ) -> (Vec<u32>, Option<f64>) {
        // a block, what is known of its slope, and whether it is whole
        let mut work: Vec<(Vec<u32>, Option<Estimate<Dd>>, bool)> = vec![(block, None, true)];
        let (mut agreed, mut seen) = (Vec::new(), None);
        while let Some((block, known, is_whole)) = work.pop() {
            if entries.report.faults.len() >= most {
                break;
            }
            let (decision, whole) = self.decide(&block, number, known, is_whole);
            match decision {
                Decision::Agree(error) => {
                    seen = Some(seen.map_or(error, |seen| f64::max(seen, error)));
                    match agreed.is_empty() {
                        true => agreed = block,
                        false => agreed.extend(block),
                    }
                    continue;
                }
                _ if block.len() == 1 || matches!(decision, Decision::Still) => {
                    entries.enter(&block, decision);
                    continue;
                }
                _ => {}
            }
            let (left, right) = block.split_at(block.len() / 2);
            let part = whole.and_then(|_| self.slope_of(left, number));
            // what the left half leaves of the whole belongs to the right one
            let rest = whole.zip(part).map(|(whole, part)| Estimate {
                value: whole.value - part.value,
                error: whole.error + part.error,
            });
            work.push((right.to_vec(), rest, false));
            work.push((left.to_vec(), part, false));
        }
        (agreed, seen)
    }

    /// The slope along a direction of a block, if it is smooth.
    fn slope_of(&mut self, block: &[u32], number: u32) -> Option<Estimate<Dd>> {
        let projection = self.projection(block, number);
        let enough = self.enough(&projection);
        smooth(self.oracle.slope(&projection.direction, enough))
    }

    /// What becomes of a block, whole or half, given its slope along the direction if it is known; and that slope.
    fn decide(
        &mut self,
        block: &[u32],
        number: u32,
        known: Option<Estimate<Dd>>,
        is_whole: bool,
    ) -> (Decision, Option<Estimate<Dd>>) {
        let projection = self.projection(block, number);
        let mut slope = match known.filter(|known| known.error <= projection.tolerance) {
            Some(known) => Slope::Smooth(known),
            None => self.ask(&projection),
        };
        let mut decision = self.compare(&projection, slope);
        let is_open = matches!(
            decision,
            Decision::Wrong(..) | Decision::Doubt(Reason::Noise)
        );
        // before an element is called wrong, the oracle does its best; and where noise has to be measured, before a
        // block is taken apart
        if is_open && (block.len() == 1 || is_whole && self.oracle.is_measured()) {
            slope = self.oracle.slope(&projection.direction, 0.0);
            decision = self.compare(&projection, slope);
        }
        (decision, smooth(slope))
    }

    fn compare(&self, claimed: &Projection, slope: Slope<Dd>) -> Decision {
        let Projection {
            claim,
            claim_is_finite,
            tolerance,
            ..
        } = *claimed;
        // of one element, if there is one
        let weight = claimed.direction[0].1;
        let reference = |value: f64, limit: f64| Estimate {
            value: value / weight,
            error: limit / weight.abs(),
        };
        match slope {
            Slope::Kink(left, right) => {
                let (left, right) = (left.rounded(), right.rounded());
                let (low, high) = (left.value.min(right.value), left.value.max(right.value));
                let slack = tolerance + left.error + right.error;
                let claim = claim.to_f64();
                let between = claim >= low - slack && claim <= high + slack;
                let in_doubt = self.oracle.is_fragile() || self.oracle.is_many_sided();
                if !slack.is_finite() {
                    Decision::Doubt(Reason::Overflow)
                } else if in_doubt || (claim_is_finite && between) {
                    Decision::Doubt(Reason::Kink)
                } else {
                    let (class, judgement) = match claim_is_finite {
                        true => (self.claims.quantity.wrong(), Judgement::OutsideBracket),
                        false => (Class::NonFinite, Judgement::NonFinite),
                    };
                    let nearest = if claim < low { low } else { high };
                    Decision::Wrong(class, judgement, reference(nearest, slack))
                }
            }
            Slope::Still(_)
                if claim_is_finite && claimed.size == 0.0 && claimed.least.is_infinite() =>
            {
                Decision::Still
            }
            Slope::Still(found) => self.compare(claimed, Slope::Smooth(found)),
            Slope::Smooth(exact) | Slope::Tied(exact) => {
                let truth = exact.rounded();
                let limit = tolerance + truth.error + f64::EPSILON * truth.value.abs();
                // what is smaller than its own error may be 0
                let value = truth.value.abs();
                let known = if value > truth.error { value } else { 0.0 };
                let natural = self.oracle.natural(known.max(claimed.size));
                let tied = matches!(slope, Slope::Tied(_));
                let wrong = |class: Class| match tied || self.oracle.is_fragile() {
                    // rounding may have put the engine on the other side of a jump, where the slope is another one; or
                    // a rule made its choice at a tie
                    true => Decision::Doubt(Reason::Kink),
                    false => Decision::Wrong(class, class.into(), reference(truth.value, limit)),
                };
                let difference = (claim - exact.value).to_f64().abs();
                let criterion = self.options.criterion;
                let is_met = criterion.map(|criterion| {
                    criterion.is_met(claim.to_f64() / weight, truth.value / weight)
                        || difference <= truth.error
                });
                if !truth.error.is_finite() {
                    Decision::Doubt(if truth.value.is_finite() {
                        Reason::Noise
                    } else {
                        Reason::Overflow
                    })
                } else if !claim_is_finite && claimed.delta.is_finite() && truth.value.is_finite() {
                    wrong(Class::NonFinite)
                } else if !limit.is_finite() {
                    Decision::Doubt(Reason::Overflow)
                } else if is_met == Some(true) {
                    Decision::Agree(limit / claimed.least)
                } else if is_met == Some(false) || difference > limit || difference.is_nan() {
                    wrong(self.claims.quantity.wrong())
                } else if limit > self.options.resolution * natural {
                    let engine = tolerance >= truth.error;
                    Decision::Doubt(if engine {
                        Reason::IllConditioned
                    } else {
                        Reason::Noise
                    })
                } else {
                    Decision::Agree(limit / claimed.least)
                }
            }
        }
    }
}

/// The number, where there is one derivative.
fn smooth(slope: Slope<Dd>) -> Option<Estimate<Dd>> {
    match slope {
        Slope::Smooth(found) | Slope::Still(found) => Some(found),
        Slope::Tied(_) | Slope::Kink(..) => None,
    }
}

/// Where decisions about blocks are entered.
struct Entries<'a> {
    claims: &'a Claims,
    report: &'a mut Report,
    /// Each parameter's place in the report, and its first element.
    places: SmallVec<[(usize, usize); 8]>,
    resolution: f64,
    /// How far the claim of each element may be off.
    errors: Vec<f64>,
}

impl<'a> Entries<'a> {
    fn new(claims: &'a Claims, report: &'a mut Report) -> Self {
        let mut places = SmallVec::new();
        let mut first = 0;
        for (name, shape) in &claims.names {
            let place = report.params.get_index_of(name);
            let place = place.expect("an entry for each parameter");
            places.push((place, first));
            let own = &claims.elements[first..first + shape.count()];
            report.params[place].all += own.len();
            report.params[place].elements = own
                .iter()
                .map(|element| Element {
                    judgement: Judgement::TooWeak,
                    claimed: element.value,
                    reference: element.expected,
                })
                .collect();
            first += shape.count();
        }
        Self {
            claims,
            report,
            places,
            resolution: 0.0,
            errors: claims
                .elements
                .iter()
                .map(|x| SAFETY * x.delta + f64::EPSILON * x.expected.abs())
                .collect(),
        }
    }

    /// Enters a decision about a block, which is one element if it is not right.
    fn enter(&mut self, block: &[u32], decision: Decision) {
        let judgement = match &decision {
            Decision::Agree(seen) => {
                // what is negligible beside the rest is not seen by itself
                if *seen < 1.0 {
                    self.resolution = self.resolution.max(*seen);
                }
                Judgement::Agree
            }
            Decision::Still => Judgement::Unobserved,
            Decision::Wrong(_, judgement, _) => *judgement,
            Decision::Doubt(reason) => {
                self.report.doubt(*reason);
                (*reason).into()
            }
        };
        for &i in block {
            let i = i as usize;
            let owner = self.places.partition_point(|&(_, first)| first <= i) - 1;
            // parameters without elements share their first place with the next
            let (place, first) = self.places[owner];
            let param = &mut self.report.params[place];
            let element = &mut param.elements[i - first];
            element.judgement = judgement;
            if let Decision::Wrong(_, _, reference) = &decision {
                element.reference = reference.value;
                self.errors[i] = reference.error;
            }
            let relative = element.relative();
            param.checked += 1;
            match judgement.verdict() {
                super::Verdict::Agree => {
                    param.agree += 1;
                    param.zeros += usize::from(element.claimed == 0.0);
                    param.unobserved += usize::from(judgement == Judgement::Unobserved);
                    param.worst_relative = param.worst_relative.max(relative);
                }
                super::Verdict::Undecided => param.undecided += 1,
                super::Verdict::Disagree => {
                    param.disagree += 1;
                    param.worst_relative = param.worst_relative.max(relative);
                }
            }
            if let Decision::Wrong(class, judgement, reference) = &decision {
                let (name, shape) = &self.claims.names[owner];
                self.report.fault(Fault {
                    class: *class,
                    quantity: Some(self.claims.quantity),
                    judgement: *judgement,
                    param: name.clone(),
                    index: unravel(i - first, shape),
                    claimed: self.claims.elements[i].value,
                    reference: reference.value,
                    error: reference.error,
                    message: String::new(),
                });
            }
        }
    }

    fn close(mut self, oracle: &dyn Oracle) {
        self.recognise(oracle);
        if self.resolution > 0.0 {
            self.report.resolution = match self.report.resolution {
                before if before.is_finite() => before.max(self.resolution),
                _ => self.resolution,
            };
        }
    }

    /// What the wrong elements of each parameter have in common.
    fn recognise(&mut self, oracle: &dyn Oracle) {
        let params = self
            .places
            .iter()
            .map(|&(place, _)| &self.report.params[place]);
        if params.clone().all(|param| param.disagree == 0) {
            return;
        }
        let (point, sizes) = (oracle.point(), oracle.sizes());
        let firsts = self.places.iter().map(|&(_, first)| first);
        let seen: Vec<Seen<'_>> = params
            .zip(firsts)
            .zip(&self.claims.names)
            .map(|((param, first), (name, shape))| {
                let own = first..first + shape.count();
                Seen {
                    name,
                    shape,
                    elements: &param.elements,
                    errors: &self.errors[own.clone()],
                    checked: param.checked,
                    value: point.as_ref().map(|point| &point[own]),
                }
            })
            .collect();
        let found = seen.iter().filter_map(|one| {
            let pattern = one.pattern(&seen, &sizes)?;
            Some((one.name.to_string(), pattern))
        });
        let found: Vec<_> = found.collect();
        self.report.patterns.extend(found);
    }
}
