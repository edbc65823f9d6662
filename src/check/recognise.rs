//! Which pattern the claims of a parameter have.
//!
//! A pattern is a hypothesis about what was claimed instead of the reference: twice of it, its transpose, another
//! parameter's. It is given only if it explains every element that could be decided, the right ones too, and if at least two
//! elements could have refuted it. How near is near enough is not chosen: an element may be off by what rounding
//! allowed it, and by a millionth of what the hypothesis says is wrong with it. So a factor of 1 + 1e-6 is told
//! from one of 1 + 2e-6, and what is only about twice the reference is not called twice the reference.

use super::pattern::{Factor, Pattern};
use super::report::{Element, Verdict};
use crate::graph::unravel;
use crate::tensor::{Shape, Tensor};

/// The part of what a hypothesis says is wrong with an element that it need not explain.
pub(super) const SLACK: f64 = 1e-6;

/// More axes than this, and their orders are not gone through: there are 120 of 5.
const AXES: usize = 4;

/// One parameter's claims beside their references.
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    pub(super) shape: &'a Shape,
    pub(super) elements: &'a [Element],
    /// How far each claim may be off.
    pub(super) errors: &'a [f64],
    /// How many were looked at.
    pub(super) checked: usize,
    /// The parameter's value, where it is known.
    pub(super) value: Option<&'a [f64]>,
}

impl Seen<'_> {
    /// Whether it is known if the element is right.
    fn is_known(&self, k: usize) -> bool {
        self.elements[k].judgement.verdict() != Verdict::Undecided
    }

    fn is_wrong(&self, k: usize) -> bool {
        self.elements[k].judgement.verdict() == Verdict::Disagree
    }

    fn known(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.elements.len()).filter(|&k| self.is_known(k))
    }

    /// How many elements a hypothesis explains, if it does all that are known: for each what it says is claimed, and
    /// how far that may be off. None says that nothing is known.
    fn explained(&self, says: impl Fn(usize) -> Option<(f64, f64)>) -> Option<usize> {
        let mut fit = 0;
        for k in self.known() {
            let Element {
                claimed, reference, ..
            } = self.elements[k];
            let Some((said, error)) = says(k) else {
                continue;
            };
            let allowed = error + self.errors[k] + SLACK * (said - reference).abs();
            // a NaN explains nothing
            if (claimed - said).abs() <= allowed {
                fit += 1;
            } else {
                return None;
            }
        }
        Some(fit)
    }

    /// The factor between claim and reference, if it is the same for these elements.
    fn factor(&self, of: &[usize], sizes: &[usize]) -> Option<Factor> {
        let at = |k: usize| (self.elements[k].claimed, self.elements[k].reference);
        let relative = |k: usize| self.errors[k] / at(k).1.abs();
        let moving = of.iter().copied().filter(|&k| at(k).1 != 0.0);
        let best = moving.min_by(|&a, &b| relative(a).total_cmp(&relative(b)))?;
        let seen = at(best).0 / at(best).1;
        // what rounding leaves open of a factor
        let open = |x: f64| relative(best) * (1.0 + x.abs());
        let holds = |x: f64, open: f64| {
            of.iter().all(|&k| {
                let (claimed, reference) = at(k);
                let said = x * reference;
                let error = self.errors[k] * (1.0 + x.abs()) + open * reference.abs();
                (claimed - said).abs() <= error + SLACK * (said - reference).abs()
            })
        };
        if !holds(seen, open(seen)) {
            return None;
        }
        let named = [Factor::Opposite, Factor::Times(2), Factor::Over(2)]
            .into_iter()
            .chain(sizes.iter().map(|&m| Factor::Times(m)))
            .chain(sizes.iter().map(|&m| Factor::Over(m)))
            .filter(|factor| (factor.value() - 1.0).abs() > SLACK)
            .find(|factor| {
                let x = factor.value();
                let near = open(x) + SLACK * (x - 1.0).abs();
                (x - seen).abs() <= near && holds(x, 0.0)
            });
        Some(named.unwrap_or(Factor::Other(seen)))
    }

    /// The pattern of these claims; none if none of them is wrong. `sizes` are numbers that a factor may be named after.
    pub(super) fn pattern(&self, all: &[Seen<'_>], sizes: &[usize]) -> Option<Pattern> {
        let wrong: Vec<usize> = (0..self.elements.len())
            .filter(|&k| self.is_wrong(k))
            .collect();
        let (&first, of) = (wrong.first()?, self.checked);
        let known: Vec<usize> = self.known().collect();
        let is_zero = |k: &usize| self.elements[*k].claimed == 0.0;
        if known.iter().all(is_zero) {
            let fit = known.len();
            return Some(Pattern::Zero { fit, of });
        }
        let alone = self.elements.len() == 1;
        if alone && let Some(found) = self.exchanged(all) {
            return Some(found);
        }
        let moving = |k: &&usize| self.elements[**k].reference != 0.0;
        let refutable = alone || wrong.iter().filter(moving).count() >= 2;
        if refutable
            && let Some(factor) = self.factor(&known, sizes)
            && factor.value().is_finite()
        {
            let fit = known.len();
            return Some(Pattern::Multiple { factor, fit, of });
        }
        if wrong.len() == 1 {
            return Some(match alone {
                true => Pattern::Wrong { wrong: 1, of },
                false => Pattern::One {
                    index: unravel(first, self.shape),
                    ratio: self.elements[first].claimed / self.elements[first].reference,
                    of,
                },
            });
        }
        let rest = || {
            if wrong.iter().all(is_zero) {
                let fit = wrong.len();
                return Some(Pattern::Zero { fit, of });
            }
            let factor = self.factor(&wrong, sizes).filter(|_| refutable)?;
            let zeros = known.iter().filter(|k| is_zero(k)).count();
            let fit = wrong.len() + zeros;
            factor
                .value()
                .is_finite()
                .then_some(Pattern::PartMultiple { factor, fit, of })
        };
        let found = self
            .moved()
            .or_else(|| self.exchanged(all))
            .or_else(|| self.shifted())
            .or_else(|| self.decayed())
            .or_else(rest);
        let wrong = wrong.len();
        Some(found.unwrap_or(Pattern::Wrong { wrong, of }))
    }

    /// How many elements are explained if element `k` claims the reference of element `from[k]`.
    fn taken(&self, from: &[usize]) -> Option<usize> {
        self.explained(|k| {
            let source = from[k];
            let known = self.is_known(source);
            known.then(|| (self.elements[source].reference, self.errors[source]))
        })
    }

    /// The reference in another order.
    fn moved(&self) -> Option<Pattern> {
        let (shape, of) = (self.shape, self.checked);
        let places = Tensor::from_fn(shape, |k| k);
        let rank = shape.rank();
        let axes = || (0..rank).filter(|&axis| shape[axis] > 1);
        if (2..=AXES).contains(&rank) {
            // the last two axes first
            let mut orders = permutations(rank);
            let mut swap: Vec<usize> = (0..rank).collect();
            swap.swap(rank - 1, rank - 2);
            orders.retain(|order| *order != swap && !order.is_sorted());
            orders.insert(0, swap.clone());
            for order in orders {
                let turned = places.transpose(&order).expect("axes in another order");
                let sizes = turned.shape().clone();
                // a transpose that is read as if it had the shape; and one of what was read as if it had the other
                let mut back = vec![0; rank];
                for (to, &from) in order.iter().enumerate() {
                    back[from] = to;
                }
                let read = places.reshape(&sizes).expect("as many elements");
                let read = read.transpose(&back).expect("axes in another order");
                for from in [turned.to_vec(), read.to_vec()] {
                    if let Some(fit) = self.taken(&from) {
                        return Some(match order == swap {
                            true => Pattern::Transposed { fit, of },
                            false => Pattern::Permuted {
                                axes: order,
                                fit,
                                of,
                            },
                        });
                    }
                }
            }
        }
        for axis in axes() {
            if let Some(fit) = self.taken(&places.flip(&[axis]).to_vec()) {
                return Some(Pattern::Flipped { axis, fit, of });
            }
        }
        for by in [1, -1] {
            for axis in axes() {
                let n = shape[axis];
                let from = Tensor::from_fn(shape, |k| {
                    let mut index = unravel(k, shape);
                    index[axis] = (index[axis] as i64 - by).rem_euclid(n as i64) as usize;
                    places.at(&index)
                });
                if let Some(fit) = self.taken(&from.to_vec()) {
                    let axis = Some(axis);
                    return Some(Pattern::Rolled { axis, by, fit, of });
                }
            }
            let n = self.elements.len() as i64;
            let from: Vec<usize> = (0..n).map(|k| (k - by).rem_euclid(n) as usize).collect();
            if let Some(fit) = self.taken(&from) {
                let axis = None;
                return Some(Pattern::Rolled { axis, by, fit, of });
            }
        }
        None
    }

    /// Another parameter's reference. A single number needs the other one's claim as well.
    fn exchanged(&self, all: &[Seen<'_>]) -> Option<Pattern> {
        let others = all
            .iter()
            .filter(|other| other.name != self.name && other.elements.len() == self.elements.len());
        let of = self.checked;
        others
            .filter(|other| self.elements.len() > 1 || holds(other, self).is_some())
            .find_map(|other| {
                let fit = holds(self, other)?;
                let with = other.name.to_string();
                Some(Pattern::Exchanged { with, fit, of })
            })
    }

    /// The reference and a constant times something that is known of each element, the same for all.
    fn beside(&self, by: impl Fn(usize) -> f64) -> Option<(f64, usize)> {
        let difference = |k: usize| self.elements[k].claimed - self.elements[k].reference;
        let wrong = || self.known().filter(|&k| self.is_wrong(k) && by(k) != 0.0);
        if wrong().count() < 2 {
            return None;
        }
        let relative = |k: usize| self.errors[k] / by(k).abs();
        let best = wrong().min_by(|&a, &b| relative(a).total_cmp(&relative(b)))?;
        let factor = difference(best) / by(best);
        let fit = self.explained(|k| {
            let said = self.elements[k].reference + factor * by(k);
            let rounding = f64::EPSILON * (said.abs() + self.elements[k].reference.abs());
            Some((said, relative(best) * by(k).abs() + rounding))
        })?;
        Some((factor, fit))
    }

    fn shifted(&self) -> Option<Pattern> {
        let (offset, fit) = self.beside(|_| 1.0)?;
        let of = self.checked;
        Some(Pattern::Offset { offset, fit, of })
    }

    fn decayed(&self) -> Option<Pattern> {
        let value = self.value?;
        let (factor, fit) = self.beside(|k| value[k])?;
        let of = self.checked;
        Some(Pattern::Decay { factor, fit, of })
    }
}

/// How many of these claims are another parameter's references, if all are.
fn holds(claims: &Seen<'_>, other: &Seen<'_>) -> Option<usize> {
    let mut moving = 0;
    let fit = claims.explained(|k| {
        let known = other.is_known(k);
        known.then(|| (other.elements[k].reference, other.errors[k]))
    });
    for k in claims.known() {
        let reference = other.elements[k].reference;
        moving += usize::from(other.is_known(k) && reference != 0.0);
    }
    fit.filter(|_| moving >= claims.elements.len().min(2))
}

/// All orders of `rank` axes.
fn permutations(rank: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for axis in 0..rank {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, axis);
                    longer
                })
            })
            .collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Judgement;

    /// A parameter, its reference and what is claimed.
    struct Given {
        name: &'static str,
        shape: Shape,
        reference: Vec<f64>,
        claimed: Vec<f64>,
    }

    fn given(name: &'static str, sizes: &[usize], reference: &[f64], claimed: &[f64]) -> Given {
        Given {
            name,
            shape: sizes.into(),
            reference: reference.to_vec(),
            claimed: claimed.to_vec(),
        }
    }

    /// The parameter's own value.
    fn value(k: usize) -> f64 {
        [0.3, -0.7, 1.1, 0.0, 2.3, -0.2, 0.9, 0.4][k % 8]
    }

    /// The pattern of the first of them, as judged with this much rounding.
    fn judged(all: &[Given], rounding: f64) -> Option<Pattern> {
        let judged = |one: &Given| -> (Vec<Element>, Vec<f64>) {
            let pairs = one.claimed.iter().zip(&one.reference);
            let judged = pairs.map(|(&claimed, &reference)| {
                let error = rounding * reference.abs();
                let right = (claimed - reference).abs() <= error;
                let judgement = match right {
                    true => Judgement::Agree,
                    false => Judgement::Mismatch,
                };
                let element = Element {
                    judgement,
                    claimed,
                    reference,
                };
                (element, error)
            });
            judged.unzip()
        };
        let judged: Vec<_> = all.iter().map(judged).collect();
        let values: Vec<f64> = (0..64).map(value).collect();
        let seen: Vec<Seen<'_>> = all
            .iter()
            .zip(&judged)
            .map(|(one, (elements, errors))| Seen {
                name: one.name,
                shape: &one.shape,
                elements,
                errors,
                checked: elements.len(),
                value: Some(&values[..elements.len()]),
            })
            .collect();
        seen[0].pattern(&seen, &[2, 3, 7])
    }

    #[track_caller]
    fn check(sizes: &[usize], reference: &[f64], claimed: &[f64], expected: &str) {
        let all = [given("w", sizes, reference, claimed)];
        let found = judged(&all, 1e-14).map(|pattern| pattern.to_string());
        assert_eq!(found.as_deref(), Some(expected));
    }

    const SIX: [f64; 6] = [0.5, -1.25, 3.0, 0.125, 7.5, -2.0];

    fn times(factor: f64) -> Vec<f64> {
        SIX.iter().map(|x| x * factor).collect()
    }

    #[test]
    fn factors() {
        check(&[6], &SIX, &times(2.0), "= 2.000 x reference in 6/6");
        check(&[6], &SIX, &times(-1.0), "= -1.000 x reference in 6/6");
        check(
            &[6],
            &SIX,
            &times(1.0 + 1e-6),
            "= (1 +1.0e-6) x reference in 6/6",
        );
        check(&[6], &SIX, &times(1.7), "= 1.700 x reference in 6/6");
        check(&[6], &SIX, &times(1e-9), "= 1.000e-9 x reference in 6/6");
        check(&[6], &SIX, &times(0.0), "is 0 in 6/6");
        check(&[], &[2.0], &[6.0], "= 3.000 x reference in 1/1");
        check(&[], &[0.0], &[6.0], "is wrong in 1/1");
        check(&[], &[1.0], &[f64::NAN], "is wrong in 1/1");
        let zeros = [0.0, 2.0, 0.0, -1.0];
        check(
            &[4],
            &zeros,
            &[0.0, 4.0, 0.0, -2.0],
            "= 2.000 x reference in 4/4",
        );
    }

    #[test]
    fn names_of_factors() {
        let name = |factor: f64| {
            let all = [given("w", &[6], &SIX, &times(factor))];
            match judged(&all, 1e-14) {
                Some(Pattern::Multiple { factor, .. }) => factor,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(name(-1.0), Factor::Opposite);
        assert_eq!(name(2.0), Factor::Times(2));
        assert_eq!(name(0.5), Factor::Over(2));
        assert_eq!(name(7.0), Factor::Times(7));
        assert_eq!(name(1.0 / 7.0), Factor::Over(7));
        // 5 is no size
        assert_eq!(name(5.0), Factor::Other(5.0));
        assert!(matches!(name(2.0 + 1e-5), Factor::Other(_)));
        let mean = Factor::Over(7).reading().unwrap();
        assert!(mean.contains("a mean stands in the place of a sum"));
    }

    #[test]
    fn near_misses_are_no_factors() {
        let mut nearly = times(2.0);
        nearly[4] *= 1.0 + 1e-4;
        check(&[6], &SIX, &nearly, "is wrong in 6/6");
        // not the same small factor everywhere
        let mut nearly = times(1.0 + 1e-6);
        nearly[0] = SIX[0] * (1.0 + 2e-6);
        check(&[6], &SIX, &nearly, "is wrong in 6/6");
        // what rounding allows is no difference
        let all = [given("w", &[6], &SIX, &nearly)];
        assert_eq!(judged(&all, 1e-5), None);
        let mut nearly = times(2.0);
        nearly[4] *= 1.0 + 1e-6;
        let all = [given("w", &[6], &SIX, &nearly)];
        let found = judged(&all, 1e-6).unwrap();
        assert_eq!(found.to_string(), "= 2.000 x reference in 6/6");
        // one element proves nothing
        let zeros = [0.0, 2.0, 0.0];
        check(
            &[3],
            &zeros,
            &[0.0, 4.0, 0.0],
            "is wrong in 1/3: [1] = 2.000 x reference",
        );
        // a right one refutes it
        let mut part = times(2.0);
        part[1] = SIX[1];
        check(&[6], &SIX, &part, "= 2.000 x reference in 5/6");
        let all = [given("w", &[6], &SIX, &part)];
        assert!(matches!(
            judged(&all, 1e-14),
            Some(Pattern::PartMultiple { .. })
        ));
    }

    #[test]
    fn orders() {
        let turned = [0.5, 0.125, -1.25, 7.5, 3.0, -2.0];
        check(&[2, 3], &SIX, &turned, "is the reference transposed in 6/6");
        check(
            &[3, 2],
            &SIX,
            &[0.5, 3.0, 7.5, -1.25, 0.125, -2.0],
            "is the reference transposed in 6/6",
        );
        // and the other way to read it
        check(&[3, 2], &SIX, &turned, "is the reference transposed in 6/6");
        let four = [1.0, 2.0, 3.0, 4.0];
        check(
            &[2, 2],
            &four,
            &[1.0, 3.0, 2.0, 4.0],
            "is the reference transposed in 4/4",
        );
        check(
            &[2, 3],
            &SIX,
            &[3.0, -1.25, 0.5, -2.0, 7.5, 0.125],
            "is the reference backwards along axis 1 in 6/6",
        );
        check(
            &[3, 2],
            &SIX,
            &[7.5, -2.0, 0.5, -1.25, 3.0, 0.125],
            "is the reference moved by 1 along axis 0 in 6/6",
        );
        check(
            &[2, 3],
            &SIX,
            &[-2.0, 0.5, -1.25, 3.0, 0.125, 7.5],
            "is the reference moved by 1 in 6/6",
        );
        let mut nearly = turned;
        nearly[1] += 1e-4;
        check(&[2, 3], &SIX, &nearly, "is wrong in 4/6");
        let cube = Tensor::from_fn([2, 3, 2], |k| 1.0 + (k * k) as f64);
        let order = cube.transpose(&[1, 0, 2]).unwrap();
        check(
            &[2, 3, 2],
            &cube.to_vec(),
            &order.to_vec(),
            "is the reference with axes in the order [1, 0, 2] in 12/12",
        );
    }

    #[test]
    fn sums() {
        let added = |c: f64| -> Vec<f64> {
            let pairs = SIX.iter().enumerate();
            pairs.map(|(k, x)| x + c * value(k)).collect()
        };
        check(
            &[6],
            &SIX,
            &added(0.01),
            "= reference + 1.000e-2 x the parameter in 6/6",
        );
        check(
            &[6],
            &SIX,
            &added(-0.5),
            "= reference - 5.000e-1 x the parameter in 6/6",
        );
        let mut nearly = added(0.01);
        nearly[3] += 1e-5;
        check(&[6], &SIX, &nearly, "is wrong in 6/6");
        let offset: Vec<f64> = SIX.iter().map(|x| x + 0.25).collect();
        check(&[6], &SIX, &offset, "= reference + 2.500e-1 in 6/6");
    }

    #[test]
    fn exchanged_parameters() {
        let other = [4.0, 3.0, -2.0, 0.25, 1.5, -6.0];
        let all = [
            given("a", &[6], &SIX, &other),
            given("b", &[2, 3], &other, &SIX),
        ];
        let found = judged(&all, 1e-14).unwrap();
        assert_eq!(found.to_string(), "is the reference of b in 6/6");
        // two numbers that changed places; one number that happens to be another proves nothing
        let all = |claimed: f64| {
            [
                given("a", &[], &[1.5], &[4.0]),
                given("b", &[1], &[4.0], &[claimed]),
            ]
        };
        let found = judged(&all(1.5), 1e-14).unwrap();
        assert_eq!(found.to_string(), "is the reference of b in 1/1");
        let found = judged(&all(4.0), 1e-14).unwrap();
        assert_eq!(found.to_string(), "= 2.667 x reference in 1/1");
    }

    #[test]
    fn a_few_elements() {
        let mut few = SIX;
        few[2] += 1.0;
        check(
            &[2, 3],
            &SIX,
            &few,
            "is wrong in 1/6: [0, 2] = 1.333 x reference",
        );
        few[5] += 0.3;
        check(&[2, 3], &SIX, &few, "is wrong in 2/6");
        few[5] = f64::NAN;
        check(&[2, 3], &SIX, &few, "is wrong in 2/6");
        assert_eq!(judged(&[given("w", &[6], &SIX, &SIX)], 1e-14), None);
    }
}
