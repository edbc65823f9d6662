//! What can be wrong with a gradient, in kind and size.

use super::problem::{Precision, Problem};
use super::random::Random;

/// A way to spoil a right gradient.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// One element times this.
    Element(f64),
    /// Two elements change places.
    Swap,
    /// The whole gradient times this.
    Whole(f64),
    /// The gradient of a point that every coordinate misses by up to 1 %: of the step before, say.
    Stale,
    /// One of the smaller elements takes the value of another of them.
    Replace,
    /// One element is not a number.
    Nan,
}

/// All faults, with their names in the table.
pub(crate) const FAULTS: &[(&str, Fault)] = &[
    ("one element x (1 + 1e-1)", Fault::Element(1.0 + 1e-1)),
    ("one element x (1 + 1e-3)", Fault::Element(1.0 + 1e-3)),
    ("one element x (1 + 1e-5)", Fault::Element(1.0 + 1e-5)),
    (ONE_IN_A_MILLION, Fault::Element(1.0 + 1e-6)),
    (ONE_IN_A_BILLION, Fault::Element(1.0 + 1e-9)),
    ("sign of one element", Fault::Element(-1.0)),
    ("one element 0", Fault::Element(0.0)),
    ("two elements swapped", Fault::Swap),
    ("a small element replaced", Fault::Replace),
    ("one element NaN", Fault::Nan),
    ("all x 2", Fault::Whole(2.0)),
    ("all x (1 + 1e-3)", Fault::Whole(1.0 + 1e-3)),
    ("all x (1 + 1e-6)", Fault::Whole(1.0 + 1e-6)),
    ("sign of all", Fault::Whole(-1.0)),
    ("stale: of a point 1 % away", Fault::Stale),
];

/// The fault that every check in `f64` has to find.
pub(crate) const ONE_IN_A_MILLION: &str = "one element x (1 + 1e-6)";
/// The fault that a check which can look into the function has to find.
pub(crate) const ONE_IN_A_BILLION: &str = "one element x (1 + 1e-9)";

impl Fault {
    /// The right gradient of a problem, spoiled; nothing if that changes no element by 4 units in the last place, which
    /// a right gradient may also be off.
    pub(crate) fn spoil(self, right: &Problem, random: &mut Random) -> Option<Vec<f64>> {
        let mut claim = right.claim.to_vec();
        match self {
            Fault::Element(factor) => {
                let i = pick(random, &not_zero(&claim))?;
                claim[i] *= factor;
            }
            Fault::Nan => claim[random.below(right.claim.len())] = f64::NAN,
            Fault::Whole(factor) => claim.iter_mut().for_each(|g| *g *= factor),
            Fault::Swap => {
                let (i, j) = pick_two(random, &(0..claim.len()).collect::<Vec<_>>())?;
                claim.swap(i, j);
            }
            Fault::Replace => {
                let (i, j) = pick_two(random, &smaller_half(&claim))?;
                claim[i] = claim[j];
            }
            Fault::Stale => {
                let moved = |x: &f64| {
                    let off = 0.01 * (2.0 * random.unit() - 1.0);
                    random.keep(x * (1.0 + off))
                };
                let elsewhere: Vec<f64> = right.at.iter().map(moved).collect();
                claim = right.subject.gradient(&elsewhere);
            }
        }
        for claim in &mut claim {
            *claim = right.precision.round(*claim);
        }
        differs(&claim, right.claim, right.precision).then_some(claim)
    }
}

/// Whether an element differs by more than 4 units in the last place. NaN does.
fn differs(claim: &[f64], right: &[f64], precision: Precision) -> bool {
    let near = |(&a, &b): (&f64, &f64)| (a - b).abs() <= 4.0 * precision.ulp(b);
    !claim.iter().zip(right).all(near)
}

fn not_zero(claim: &[f64]) -> Vec<usize> {
    (0..claim.len()).filter(|&i| claim[i] != 0.0).collect()
}

/// The places of the smaller half of the elements, zeros left out.
fn smaller_half(claim: &[f64]) -> Vec<usize> {
    let mut places = not_zero(claim);
    places.sort_by(|&i, &j| claim[i].abs().total_cmp(&claim[j].abs()));
    places.truncate(places.len().div_ceil(2));
    places
}

fn pick(random: &mut Random, places: &[usize]) -> Option<usize> {
    (!places.is_empty()).then(|| places[random.below(places.len())])
}

fn pick_two(random: &mut Random, places: &[usize]) -> Option<(usize, usize)> {
    let first = pick(random, places)?;
    let others: Vec<usize> = places.iter().copied().filter(|&i| i != first).collect();
    Some((first, pick(random, &others)?))
}
