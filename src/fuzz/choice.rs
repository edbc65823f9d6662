//! What an engine chooses where a function is not smooth.
//!
//! At a kink any derivative between those from the two sides is legal, and an engine's choice that is not ours is a
//! convention, which a report lists and nobody counts as wrong. But a choice is made once: where two tied elements move
//! together the function may be smooth all the same, and then what the gradient says of that direction is right or wrong.
//! Full credit to each of two tied maxima is legal for each and wrong for both. That is asked of programs of one
//! operation only, since in a longer one legal choices of several rules may add up to what is no derivative at all.

use super::confirm::{Direction, along};
use super::judging::{Care, Outcome, settled};
use crate::check::{Class, Fault, Judgement, Options, Quantity, Report, Wide, bounds};
use crate::engine::Engine;
use crate::graph::{Case, Node};
use crate::number::Dd;
use crate::op::{Id, Op};
use crate::oracle::{Estimate, Slope};

/// An element at a kink is looked at together with so many that follow it: each pair takes a few evaluations.
const PAIRS: usize = 12;

/// An element of a gradient at a kink.
struct Kink {
    /// Its place among all elements.
    place: usize,
    /// Its parameter, and its place in it.
    name: String,
    element: usize,
    index: Vec<usize>,
    claimed: f64,
    /// Our choice.
    ours: f64,
    left: Estimate,
    right: Estimate,
}

/// Elements that move together, and what is wrong with what a gradient says of that.
pub(super) struct Tie {
    /// Names and places in row-major order.
    pub(super) elements: Vec<(String, usize)>,
    /// Places among all elements.
    places: Vec<usize>,
    pub(super) fault: Fault,
}

/// What an undecided answer is, of which elements lie at a kink: a convention, or wrong. None if it chose as we do, or if
/// nothing can be told.
pub(super) fn judge(
    case: &Case,
    engine: &mut dyn Engine,
    report: &Report,
    options: Options,
    care: Care,
) -> Option<(Outcome, Option<Tie>)> {
    let bounds = bounds(case).ok()?;
    let wide = Wide::new(case, &bounds).ok()?;
    // rounding inside the operation may have put the engine on the other side, and no rule differentiates a condition
    let alone = case.graph.operations() == 1 && !wide.is_fragile() && !decides(case);
    let kinks = kinks(case, report, &wide);
    let unit = 2.0 * case.dtype.unit();
    let bench = Bench {
        wide: &wide,
        unit,
        kinks: &kinks,
    };
    let wrong = alone.then(|| bench.contradiction()).flatten();
    if let Some(tie) = wrong {
        let fault = &tie.fault;
        let words = fault.to_string();
        let outcome = match care {
            Care::Quick => Outcome::Finding(fault.class, words),
            Care::Thorough => {
                let direction = tie.places.iter().map(|&place| (place, 1.0)).collect();
                settled(along(case, engine, direction, fault), fault.class, &words)
            }
        };
        return Some((outcome, Some(tie)));
    }
    let differs = |kink: &&Kink| {
        let size = kink.claimed.abs().max(kink.ours.abs());
        (kink.claimed - kink.ours).abs() > options.resolution * size
    };
    let legal = |kink: &&Kink| {
        let slack = kink.left.error + kink.right.error + 16.0 * unit * kink.claimed.abs();
        let low = kink.left.value.min(kink.right.value) - slack;
        let high = kink.left.value.max(kink.right.value) + slack;
        kink.claimed >= low && kink.claimed <= high
    };
    let chosen = kinks.iter().find(|kink| differs(kink) && legal(kink))?;
    let message = format!(
        "{}{:?} is {:e} at a kink, {:e} here; from its two sides the derivative is {:e} and {:e}",
        chosen.name,
        chosen.index,
        chosen.claimed,
        chosen.ours,
        chosen.left.value,
        chosen.right.value
    );
    Some((Outcome::Finding(Class::Convention, message), None))
}

/// Whether a parameter is a condition that decides what becomes of others.
fn decides(case: &Case) -> bool {
    let is_param = |id: &Id| case.graph.params().any(|param| param == *id);
    let is_condition = |node: &Node, i: usize| match &node.op {
        // a comparison decides nothing by itself
        Op::Pointwise(f) => node.args.len() > 2 && f.is_constant_in(i),
        op => !op.carries(i) && !op.is_index(i),
    };
    case.graph.nodes().iter().any(|node| {
        let mut args = node.args.iter().enumerate();
        args.any(|(i, arg)| is_condition(node, i) && is_param(arg))
    })
}

/// The elements that the report leaves open because of a kink, where the derivatives from both sides are known.
fn kinks(case: &Case, report: &Report, wide: &Wide<'_>) -> Vec<Kink> {
    let mut kinks = Vec::new();
    let mut first = 0;
    for (name, x) in case.params.iter() {
        let elements = report.params.get(name).map_or(&[][..], |p| &p.elements);
        for (k, element) in elements.iter().enumerate() {
            if element.judgement != Judgement::AtKink || !element.claimed.is_finite() {
                continue;
            }
            let (left, right) = sides(wide.slope([(first + k, 1.0)], 0.0));
            if left.error.is_finite() && right.error.is_finite() {
                kinks.push(Kink {
                    place: first + k,
                    name: name.into(),
                    element: k,
                    index: crate::graph::unravel(k, x.shape()),
                    claimed: element.claimed,
                    ours: element.reference,
                    left,
                    right,
                });
            }
        }
        first += x.len();
    }
    kinks
}

fn sides(slope: Slope<Dd>) -> (Estimate, Estimate) {
    let (left, right) = match slope {
        Slope::Kink(left, right) => (left, right),
        Slope::Smooth(both) | Slope::Tied(both) | Slope::Still(both) => (both, both),
    };
    (left.rounded(), right.rounded())
}

/// The tied elements, and what can be asked of them.
struct Bench<'a, 'c> {
    wide: &'a Wide<'c>,
    unit: f64,
    kinks: &'a [Kink],
}

impl Bench<'_, '_> {
    /// Elements of which what is claimed lies outside of what the function does when they move.
    fn contradiction(&self) -> Option<Tie> {
        let count = self.kinks.len();
        let mut group: Vec<usize> = (0..count).collect();
        let mut tied = Vec::new();
        // where many pieces meet, a choice among them need not be one along every direction
        let is_many_sided = self.wide.is_many_sided();
        for i in 0..count {
            // alone: smooth all the same
            if let Some(found) = self.outside(&[i]).filter(|_| !is_many_sided) {
                return Some(found);
            }
            for j in (i + 1..count).take(PAIRS) {
                if self.is_tied(i, j) {
                    tied.push([i, j]);
                    let (from, to) = (group[j], group[i]);
                    group
                        .iter_mut()
                        .filter(|g| **g == from)
                        .for_each(|g| *g = to);
                }
            }
        }
        let members = |g: usize| -> Vec<usize> { (0..count).filter(|&i| group[i] == g).collect() };
        let groups = (0..count).map(members).filter(|all| all.len() > 1);
        let pairs = tied.iter().filter(|_| !is_many_sided);
        let directions: Vec<Vec<usize>> = groups.chain(pairs.map(|pair| pair.to_vec())).collect();
        directions.iter().find_map(|all| self.outside(all))
    }

    /// Whether two elements meet in one kink: moved together the function does something else than both by themselves.
    fn is_tied(&self, i: usize, j: usize) -> bool {
        let (a, b) = (&self.kinks[i], &self.kinks[j]);
        let (left, right) = sides(self.wide.slope([(a.place, 1.0), (b.place, 1.0)], 0.0));
        let apart = |both: Estimate, a: Estimate, b: Estimate| {
            let error = both.error + a.error + b.error;
            let size = both.value.abs() + a.value.abs() + b.value.abs();
            (both.value - a.value - b.value).abs() > error + 16.0 * self.unit * size
        };
        apart(left, a.left, b.left) || apart(right, a.right, b.right)
    }

    /// What is claimed of some elements moved together, if that is outside of the derivatives from both sides.
    fn outside(&self, all: &[usize]) -> Option<Tie> {
        let direction: Direction = all.iter().map(|&i| (self.kinks[i].place, 1.0)).collect();
        let (left, right) = sides(self.wide.slope(direction.iter().copied(), 0.0));
        let claimed: f64 = all.iter().map(|&i| self.kinks[i].claimed).sum();
        let size: f64 = all.iter().map(|&i| self.kinks[i].claimed.abs()).sum();
        let error = left.error + right.error + 16.0 * self.unit * size.max(left.value.abs());
        let (low, high) = (left.value.min(right.value), left.value.max(right.value));
        if !error.is_finite() || (claimed >= low - error && claimed <= high + error) {
            return None;
        }
        let named: Vec<String> = all
            .iter()
            .map(|&i| format!("{}{:?}", self.kinks[i].name, self.kinks[i].index))
            .collect();
        let reference = if claimed < low { low } else { high };
        let names = named.join(" + ");
        let does = match (left.value - right.value).abs() <= left.error + right.error {
            true => format!("is smooth with derivative {reference:e}"),
            false => format!("has derivatives from {low:e} to {high:e}"),
        };
        let message = match all {
            [_] => format!("{names} is {claimed:e}, but the function {does} at its tie"),
            _ => format!(
                "{names} is {claimed:e}, but moved together the function {does}: \
                 each is a legal choice at a tie, all of them are not"
            ),
        };
        let fault = Fault {
            class: Class::WrongGradient,
            quantity: Some(Quantity::Gradient),
            judgement: Class::WrongGradient.into(),
            param: self.kinks[all[0]].name.clone(),
            index: self.kinks[all[0]].index.clone(),
            claimed,
            reference,
            error,
            message,
        };
        Some(Tie {
            elements: all
                .iter()
                .map(|&i| (self.kinks[i].name.clone(), self.kinks[i].element))
                .collect(),
            places: all.iter().map(|&i| self.kinks[i].place).collect(),
            fault,
        })
    }
}
