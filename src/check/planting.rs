//! What is wrong in a claim, of which only the numbers are known: the fault that makes the same numbers.
//!
//! A fault in the share that one node hands to one operand reaches the parameters behind that operand and no others. So
//! each share is left out once, which shows whom it reaches; then faults are planted there, factors first, and the gradient with
//! the fault is held against the claim. A hypothesis explains a parameter if it makes all of its numbers to within rounding,
//! and it falls if it changes a number that the claim has otherwise. Two faults that reach different parameters are found one beside the
//! other; two that meet are not.
//!
//! Numbers do not tell everything apart: of two operations in a chain either may have lost the sign. What would do as
//! well is listed.

use super::blame::{Blame, Inquiry, verb};
use super::bound::bounds;
use super::hypothesis::{Hypothesis, named};
use super::part::Whole;
use super::pattern::Factor;
use super::recognise::SLACK;
use super::search::SAFETY;
use super::{Options, Report, Verdict, check};
use crate::engine::sabotage::{Damage, Flaw, Place, planted};
use crate::graph::{Case, Dtype, Params};
use crate::modes::{Error, reverse};
use crate::op::{Id, Op};
use crate::tensor::Tensor;

/// Elements that all planted sweeps together may go through: some seconds.
const ELEMENTS: usize = 200_000_000;

/// Other points that are tried.
const POINTS: usize = 64;

/// Copies of a broadcast operand that are tried one by one.
const COPIES: usize = 8;

/// The nodes that make the numbers of a claim, if a fault in one of them can.
///
/// What nothing explains is listed by parameter in [`Blame::unexplained`]; if it can only come from one place, that is named
/// nevertheless.
///
/// # Errors
/// If the case cannot be evaluated.
///
/// ```
/// use secant::{Case, Params, Tensor, check::{Inquiry, blame_claim}};
/// let case = Case::from_text("secant 1\nparam x [2] = [0.5, 2.0]\ny = exp(x)\nreturn y\ncotangent y = [1.0, 1.0]\n")?;
/// let claim = Params::from_iter([("x", Tensor::from([0.5f64, 2.0]).map(|x| -x.exp()))]);
/// let found = blame_claim(&case, &claim, &Inquiry::of(&case))?;
/// assert_eq!(found.suspects[0].message, "the share of exp node y for its operand x has the wrong sign");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn blame_claim(case: &Case, claim: &Params<f64>, inquiry: &Inquiry) -> Result<Blame, Error> {
    let options = Options {
        // what is not looked at could refute nothing
        faults: usize::MAX,
        ..inquiry.options
    };
    let report = check(case, claim, options)?;
    if report.verdict != Verdict::Disagree {
        return Ok(Blame::default());
    }
    let whole = Whole::new(case)?;
    let Some(truth) = Truth::new(case, &report)? else {
        let faults = report.faults.iter().map(|fault| fault.param.clone());
        let mut unexplained: Vec<String> = faults.collect();
        unexplained.dedup();
        return Ok(Blame {
            unexplained,
            ..Blame::default()
        });
    };
    let elements: usize = whole.values.iter().map(Tensor::len).sum();
    let mut planter = Planter {
        trials: 0,
        allowed: inquiry.trials.min(ELEMENTS / elements.max(1)),
        sizes: sizes(case),
        whole: &whole,
        truth: &truth,
        found: Vec::new(),
    };
    let reaches = planter.run();
    let Planter { trials, found, .. } = planter;
    let mut left = truth.wrong.clone();
    let mut suspects = Vec::new();
    while suspects.len() < inquiry.suspects {
        let worth = |h: &Hypothesis| h.explained.iter().filter(|p| left.contains(p)).count();
        let best = found.iter().map(worth).max().unwrap_or(0);
        if best == 0 {
            break;
        }
        let mut equal: Vec<&Hypothesis> = found.iter().filter(|h| worth(h) == best).collect();
        equal.sort_by_key(|h| h.rank(case));
        let chosen = equal[0];
        equal.retain(|h| h.explained == chosen.explained);
        left.retain(|p| !chosen.explained.contains(p));
        suspects.push(chosen.suspect(case, &equal)?);
    }
    // one mistake in the values rather than several in the rules, or than none that is known
    if (suspects.len() > 1 || !left.is_empty())
        && let Some(elsewhere) = elsewhere(&whole, &truth)?
    {
        return Ok(Blame {
            elsewhere: Some(elsewhere),
            trials,
            ..Blame::default()
        });
    }
    // what is left has a place at least, if there is only one
    if !left.is_empty() && suspects.len() < inquiry.suspects {
        let plain = |p: &usize| {
            let name = truth.names[*p].as_str();
            let mut patterns = report.patterns.iter();
            patterns.all(|(other, pattern)| other != name || !pattern.is_elsewhere())
        };
        let left: Vec<usize> = left.iter().copied().filter(plain).collect();
        let places: Vec<&(Place, Vec<usize>)> = reaches
            .iter()
            .filter(|(_, params)| *params == left)
            .collect();
        if let (false, Some((place, _))) = (left.is_empty(), places.last()) {
            let what = match &left[..] {
                [one] => report
                    .patterns
                    .iter()
                    .find(|(n, _)| *n == truth.names[*one]),
                _ => None,
            };
            let what = what.map_or("is wrong".into(), |(_, pattern)| verb(pattern));
            let others: Vec<Place> = places
                .iter()
                .rev()
                .skip(1)
                .map(|(p, _)| p.clone())
                .collect();
            suspects.push(named(case, place, &what, &others)?);
        }
    }
    let unexplained = left.iter().map(|&p| truth.names[p].clone()).collect();
    Ok(Blame {
        suspects,
        unexplained,
        elsewhere: None,
        trials,
    })
}

/// The other point at which the claim is the gradient, if there is one: with parameters rounded to single precision, one of
/// them 0, or two of them exchanged.
fn elsewhere(whole: &Whole<'_>, truth: &Truth) -> Result<Option<String>, Error> {
    let case = whole.case;
    let own = case.params.to_tensors();
    let names = &truth.names;
    let mut points = Vec::new();
    if case.dtype == Dtype::F64 {
        let rounded = own.iter().map(|x| x.map(|x| Dtype::F32.round(x)));
        let words = "the parameters are rounded to single precision".to_string();
        points.push((words, rounded.collect()));
    }
    for (p, name) in names.iter().enumerate() {
        let mut point = own.clone();
        point[p] = Tensor::zeros(own[p].shape());
        points.push((format!("{name} is 0"), point));
    }
    for p in 0..own.len() {
        for q in (p + 1..own.len()).filter(|&q| own[q].shape() == own[p].shape()) {
            let mut point = own.clone();
            point.swap(p, q);
            points.push((
                format!("{} and {} are exchanged", names[p], names[q]),
                point,
            ));
        }
    }
    for (words, point) in points.into_iter().take(POINTS) {
        let Ok((_, gradient)) = reverse::gradient(&case.graph, &point, &case.cotangents) else {
            continue;
        };
        let gradient: Vec<f64> = gradient.iter().flat_map(Tensor::to_vec).collect();
        if truth.explained(&gradient, 1.0).as_deref() == Some(&truth.wrong) {
            return Ok(Some(format!("the claim is the gradient where {words}")));
        }
    }
    Ok(None)
}

/// Sizes of the program, which factors are named after.
pub(super) fn sizes(case: &Case) -> Vec<usize> {
    let nodes = case.graph.nodes().iter();
    let sizes = nodes.flat_map(|node| node.shape.iter().copied().chain([node.shape.count()]));
    let mut sizes: Vec<usize> = sizes.filter(|&n| n > 1).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// The claim beside what it should be, for all parameters in one row.
struct Truth {
    names: Vec<String>,
    /// Where each parameter begins; and the end.
    firsts: Vec<usize>,
    claimed: Vec<f64>,
    reference: Vec<f64>,
    /// How far an element may be off; infinite where it is not known if it is right.
    errors: Vec<f64>,
    /// The parameters of which an element is wrong.
    wrong: Vec<usize>,
}

impl Truth {
    /// None if the claim has not the parameters of the case.
    fn new(case: &Case, report: &Report) -> Result<Option<Self>, Error> {
        let mut truth = Self {
            names: Vec::new(),
            firsts: vec![0],
            claimed: Vec::new(),
            reference: Vec::new(),
            errors: Vec::new(),
            wrong: Vec::new(),
        };
        let bounded = bounds(case)?.gradient;
        for (p, ((name, x), bounded)) in case.params.iter().zip(&bounded).enumerate() {
            let Some(param) = report
                .params
                .get(name)
                .filter(|q| q.elements.len() == x.len())
            else {
                return Ok(None);
            };
            for (element, bound) in param.elements.iter().zip(bounded.iter()) {
                let error = SAFETY * bound.delta + f64::EPSILON * bound.value.abs();
                let known = element.judgement.verdict() != Verdict::Undecided;
                truth.claimed.push(element.claimed);
                truth.reference.push(bound.value);
                truth.errors.push(match known && error.is_finite() {
                    true => error,
                    false => f64::INFINITY,
                });
            }
            if param.disagree > 0 {
                truth.wrong.push(p);
            }
            truth.names.push(name.to_string());
            truth.firsts.push(truth.claimed.len());
        }
        Ok((!truth.wrong.is_empty()).then_some(truth))
    }

    /// The elements of a parameter that are known.
    fn known(&self, p: usize) -> impl Iterator<Item = usize> + '_ {
        (self.firsts[p]..self.firsts[p + 1]).filter(|&k| self.errors[k].is_finite())
    }

    /// The parameters that a difference from the reference reaches.
    fn reached(&self, difference: &[f64]) -> Vec<usize> {
        let moves = |&p: &usize| self.known(p).any(|k| difference[k].abs() > self.errors[k]);
        (0..self.names.len()).filter(moves).collect()
    }

    /// The wrong parameters that a gradient with a fault explains, if it contradicts nothing. `times` is how much larger than
    /// usual its rounding may be.
    fn explained(&self, gradient: &[f64], times: f64) -> Option<Vec<usize>> {
        let (mut explained, mut evidence, mut numbers) = (Vec::new(), 0, 0);
        for p in 0..self.names.len() {
            let most = self.known(p).map(|k| self.errors[k]).fold(0.0, f64::max);
            let (mut moves, mut fits) = (false, true);
            let mut seen = 0;
            for k in self.known(p) {
                let change = (gradient[k] - self.reference[k]).abs();
                let rounding = self.errors[k] * (1.0 + times) + most;
                let fit = (self.claimed[k] - gradient[k]).abs() <= rounding + SLACK * change;
                // what is not a number moves, and fits nothing
                if change > rounding || change.is_nan() {
                    moves = true;
                    seen += usize::from(fit);
                }
                fits &= fit;
            }
            if moves && !fits {
                return None;
            }
            if moves && self.wrong.contains(&p) {
                explained.push(p);
                evidence += seen;
                numbers += self.firsts[p + 1] - self.firsts[p];
            }
        }
        (evidence >= numbers.min(2) && !explained.is_empty()).then_some(explained)
    }
}

/// Plants faults, and keeps those that explain something.
struct Planter<'a> {
    trials: usize,
    allowed: usize,
    sizes: Vec<usize>,
    whole: &'a Whole<'a>,
    truth: &'a Truth,
    found: Vec<Hypothesis>,
}

impl Planter<'_> {
    /// All places and faults, the likeliest first, as far as they may be tried; and whom each share reaches.
    fn run(&mut self) -> Vec<(Place, Vec<usize>)> {
        let mut reaches = Vec::new();
        let places = self.places();
        for place in &places {
            let Some(without) = self.plant(place, Damage::Factor(0.0)) else {
                break;
            };
            let pairs = self.truth.reference.iter().zip(&without);
            let share: Vec<f64> = pairs.map(|(all, without)| all - without).collect();
            self.scaled(place, &share);
            let reached = self.truth.reached(&share);
            if matches!(place, Place::Share(..)) {
                reaches.push((place.clone(), reached.clone()));
            }
            let hopeless = reached.iter().all(|p| !self.truth.wrong.contains(p));
            if !hopeless {
                for damage in self.damages(place) {
                    self.attempt(place, damage);
                }
            }
        }
        for op in self.operations() {
            let place = Place::Op(op);
            let factors = [-1.0, 0.0, 2.0, 0.5].map(Damage::Factor);
            let flaws = [Flaw::Transposed, Flaw::Shifted, Flaw::Swapped].map(Damage::Flaw);
            let others = [Damage::Copy(0), Damage::Passed];
            for damage in factors.into_iter().chain(flaws).chain(others) {
                self.attempt(&place, damage);
            }
        }
        reaches
    }

    /// Shares and nodes that gradient flows through to a wrong parameter: those that reach the fewest right ones first, and
    /// of these the ones that reach the most wrong ones.
    fn places(&self) -> Vec<Place> {
        let graph = &self.whole.case.graph;
        let params: Vec<Id> = graph.params().collect();
        let mut behind = vec![vec![false; params.len()]; graph.nodes().len()];
        for id in graph.ids() {
            if let Some(p) = params.iter().position(|&param| param == id) {
                behind[id.index()][p] = true;
            }
            let node = graph.node(id);
            let carried = node.args.iter().enumerate();
            for (_, arg) in carried.filter(|(i, _)| node.op.carries(*i)) {
                let own = behind[arg.index()].clone();
                for (to, from) in behind[id.index()].iter_mut().zip(own) {
                    *to |= from;
                }
            }
        }
        let flows = reverse::feeds(graph.nodes(), graph.outputs());
        let mut sorted: Vec<((usize, usize), Place)> = Vec::new();
        for id in self
            .whole
            .operations()
            .into_iter()
            .filter(|id| flows[id.index()])
        {
            let node = graph.node(id);
            let carried: Vec<usize> = (0..node.args.len())
                .filter(|&i| node.op.carries(i) && self.whole.active[node.args[i].index()])
                .collect();
            let mut enter = |reached: &[bool], place: Place| {
                let is_wrong = |p: &usize| self.truth.wrong.contains(p);
                let reached: Vec<usize> = (0..params.len()).filter(|&p| reached[p]).collect();
                let wrong = reached.iter().filter(|p| is_wrong(p)).count();
                if wrong > 0 {
                    sorted.push(((reached.len() - wrong, params.len() - wrong), place));
                }
            };
            for &i in &carried {
                enter(&behind[node.args[i].index()], Place::Share(id, i));
            }
            if carried.len() > 1 {
                enter(&behind[id.index()], Place::Node(id));
            }
        }
        sorted.sort_by_key(|(key, _)| *key);
        sorted.into_iter().map(|(_, place)| place).collect()
    }

    /// Operations that are used more than once.
    fn operations(&self) -> Vec<String> {
        let uses = self.whole.case.graph.histogram().into_iter();
        uses.filter(|(_, count)| *count > 1)
            .map(|(op, _)| op)
            .collect()
    }

    /// Faults other than factors that fit a place.
    fn damages(&self, place: &Place) -> Vec<Damage> {
        let graph = &self.whole.case.graph;
        let (id, operands) = match place {
            Place::Share(id, i) => (*id, vec![*i]),
            Place::Node(id) => (*id, (0..graph.node(*id).args.len()).collect()),
            Place::Op(_) => return Vec::new(),
        };
        let node = graph.node(id);
        let arg = graph.node(node.args[operands[0]]);
        let mut damages = vec![Damage::Flaw(Flaw::Shifted)];
        if arg.shape.rank() >= 2 {
            damages.push(Damage::Flaw(Flaw::Transposed));
        }
        for axis in 0..arg.shape.rank().min(4) {
            damages.push(Damage::Flipped(axis));
        }
        if let Op::Pointwise(_) = node.op {
            damages.push(Damage::Passed);
            if node.args.len() == 2 {
                damages.push(Damage::Flaw(Flaw::Swapped));
            }
        }
        if operands.len() == 1 {
            let copies = node.shape.count() / arg.shape.count().max(1);
            damages.extend(
                (0..copies.min(COPIES))
                    .filter(|_| copies > 1)
                    .map(Damage::Copy),
            );
            let readers =
                |other: &&crate::graph::Node| other.args.contains(&node.args[operands[0]]);
            if graph.nodes().iter().filter(readers).count() > 1 {
                damages.push(Damage::Flaw(Flaw::Overwritten));
            }
        }
        damages
    }

    /// The gradient with a fault, if another one may be planted.
    fn plant(&mut self, place: &Place, damage: Damage) -> Option<Vec<f64>> {
        if self.trials >= self.allowed {
            return None;
        }
        self.trials += 1;
        let gradient = planted(self.whole.case, &self.whole.values, place, damage);
        Some(gradient.iter().flat_map(|x| x.to_vec()).collect())
    }

    fn attempt(&mut self, place: &Place, damage: Damage) {
        let Some(gradient) = self.plant(place, damage) else {
            return;
        };
        let (times, factor) = match damage {
            Damage::Factor(x) => (x.abs(), Some(self.name(x, 0.0))),
            _ => (1.0, None),
        };
        if let Some(explained) = self.truth.explained(&gradient, times) {
            self.found.push(Hypothesis {
                place: place.clone(),
                damage,
                factor,
                explained,
            });
        }
    }

    /// A factor by its name, if it is as near to a number that has one as it is known.
    fn name(&self, x: f64, open: f64) -> Factor {
        let fixed = [Factor::Opposite, Factor::Times(2), Factor::Over(2)];
        let sizes = || self.sizes.iter().copied();
        let named = fixed
            .into_iter()
            .chain(sizes().map(Factor::Times))
            .chain(sizes().map(Factor::Over))
            .chain([Factor::Other(0.0)]);
        let near = |factor: &Factor| (factor.value() - x).abs() <= open;
        named.into_iter().find(near).unwrap_or(Factor::Other(x))
    }

    /// The gradient is linear in a factor on a share, so the share tells which factor the claim has, if it has one.
    fn scaled(&mut self, place: &Place, share: &[f64]) {
        let truth = self.truth;
        let mut tried: Vec<f64> = Vec::new();
        for &p in &truth.wrong {
            let relative = |k: usize| truth.errors[k] / share[k].abs();
            let moving = truth.known(p).filter(|&k| share[k] != 0.0);
            let Some(best) = moving.min_by(|&a, &b| relative(a).total_cmp(&relative(b))) else {
                continue;
            };
            let seen = 1.0 + (truth.claimed[best] - truth.reference[best]) / share[best];
            let open = relative(best) * (2.0 + seen.abs()) + SLACK * (seen - 1.0).abs();
            let factor = self.name(seen, open);
            let x = factor.value();
            let known = tried.iter().any(|other| (other - x).abs() <= open);
            if !x.is_finite() || known || (seen - 1.0).abs() <= relative(best) {
                continue;
            }
            tried.push(x);
            let pairs = truth.reference.iter().zip(share);
            let gradient: Vec<f64> = pairs.map(|(all, share)| all + (x - 1.0) * share).collect();
            if let Some(explained) = truth.explained(&gradient, x.abs()) {
                self.found.push(Hypothesis {
                    place: place.clone(),
                    damage: Damage::Factor(x),
                    factor: Some(factor),
                    explained,
                });
            }
        }
    }
}
