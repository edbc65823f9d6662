//! Scans: operations whose result at a place depends on the elements before it, along one axis.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, Request};
use super::extremes::half_distance;
use super::primitive::{DomainError, Linearity, Primitive};
use super::{
    Concat, CumArgMax, CumArgMin, CumLogSumExp, CumMax, CumMin, CumProd, CumSum, Recurrence,
    ScatterAddAlongAxis, StopGradient,
};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use std::cmp::Ordering;

/// The axis, which the shape rule found legal.
fn resolved(axis: i64, x: &Shape) -> usize {
    x.axis(axis).expect("the shape rule checked the axis")
}

/// The places of a lane in the order of the scan.
fn places(count: usize, reverse: bool) -> impl Iterator<Item = usize> {
    (0..count).map(move |k| if reverse { count - 1 - k } else { k })
}

/// Folds along `axis`; an exclusive scan starts with `unit`.
fn cumulate<T: Real>(
    x: &Tensor<T>,
    axis: i64,
    [reverse, exclusive]: [bool; 2],
    unit: f64,
    fold: fn(T, T) -> T,
) -> Tensor<T> {
    x.scan(resolved(axis, x.shape()), |from, to| {
        let mut before: Option<T> = None;
        for k in places(from.len(), reverse) {
            let whole = before.map_or(from[k], |before| fold(before, from[k]));
            to[k] = if exclusive {
                before.unwrap_or(T::of(unit))
            } else {
                whole
            };
            before = Some(whole);
        }
    })
}

impl Primitive for CumSum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let kind = [self.reverse, self.exclusive];
        Ok(cumulate(args[0], self.axis, kind, 0.0, |sum, x| sum + x))
    }

    /// What reaches a place is summed over the places that it reached.
    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        let adjoint = Self {
            reverse: !self.reverse,
            ..self.clone()
        };
        share(b.apply(adjoint.into(), &[ct]))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
            reverse: from.chance(0.4),
            exclusive: from.chance(0.3),
        })
    }
}

impl Primitive for CumProd {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let kind = [self.reverse, self.exclusive];
        Ok(cumulate(args[0], self.axis, kind, 1.0, |product, x| {
            product * x
        }))
    }

    /// With E the exclusive products, y_k depends on x_i, i < k, as E_i x_i x_(i+1) .. x_(k-1) (and x_k if inclusive).
    /// The sum over k of ct_k times the factors behind i is a linear recurrence that runs backwards.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = at.args[0];
        let backwards = Recurrence {
            axis: self.axis,
            reverse: !self.reverse,
        };
        share(if self.exclusive {
            b.mul(at.y, b.apply(backwards.into(), &[x, ct]))
        } else {
            let exclusive = Self {
                exclusive: true,
                ..self.clone()
            };
            let later = b.apply(backwards.into(), &[x, b.mul(x, ct)]);
            b.mul(b.apply(exclusive.into(), &[x]), b.add(ct, later))
        })
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
            reverse: from.chance(0.4),
            exclusive: from.chance(0.3),
        })
    }
}

impl Primitive for Recurrence {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if args[0] != args[1] {
            return shape_error!(
                "recurrence takes two tensors of one shape, found {} and {}",
                args[0],
                args[1]
            );
        }
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        if shape.count() == 0 {
            // the lanes of an empty axis may be more than anybody can count
            return Ok(args[1].clone());
        }
        let axis = resolved(self.axis, shape);
        let mut factors: Vec<Vec<T>> = Vec::new();
        args[0].reduce(&[axis], false, |lane| factors.push(lane.to_vec()));
        let mut factors = factors.iter();
        Ok(args[1].scan(axis, |terms, to| {
            let factors = factors.next().expect("the shapes are equal");
            let mut z: Option<T> = None;
            for k in places(terms.len(), self.reverse) {
                to[k] = z.unwrap_or(T::of(0.0));
                z = Some(z.map_or(terms[k], |z| factors[k] * z + terms[k]));
            }
        }))
    }

    /// With S the shift by one place, z = S (a z + b), so z = (1 - S a)^-1 S b. The transposed operator is the same
    /// recurrence with the opposite shift: the adjoint of b. A change of a acts as a change of b by z da.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let backwards = Self {
            reverse: !self.reverse,
            ..self.clone()
        };
        let adjoint = b.apply(backwards.into(), &[at.args[0], ct]);
        let mut shares = Shares::new();
        if at.wanted[0] {
            shares.push((0, b.mul(adjoint, at.y)));
        }
        if at.wanted[1] {
            shares.push((1, adjoint));
        }
        shares
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let op = Self {
            axis: from.axis(x)?,
            reverse: from.chance(0.4),
        };
        Drawn::with(op, [Request::Tensor(x.clone())])
    }
}

/// For each place of a lane the place of the element up to there that compares as `side` to all others: the first of equal
/// ones, and from the first NaN on, its place.
fn running_places<T: Real>(lane: &[T], reverse: bool, side: Ordering) -> Vec<usize> {
    let is_nan = |place: usize| lane[place].to_f64().is_nan();
    let mut found = vec![0; lane.len()];
    let mut best = None;
    for k in places(lane.len(), reverse) {
        let stays = |&best: &usize| {
            is_nan(best) || !(is_nan(k) || lane[k].partial_cmp(&lane[best]) == Some(side))
        };
        found[k] = best.filter(stays).unwrap_or(k);
        best = Some(found[k]);
    }
    found
}

/// How far elements may move before one meets the extreme of those before it.
fn running_gap(x: &Tensor<f64>, axis: i64, reverse: bool, side: Ordering) -> f64 {
    let gaps = x.reduce(&[resolved(axis, x.shape())], false, |lane| {
        let running = running_places(lane, reverse, side);
        let order: Vec<usize> = places(lane.len(), reverse).collect();
        let pairs = order.windows(2).map(|pair| (running[pair[0]], pair[1]));
        pairs
            .map(|(best, next)| half_distance(lane[best], lane[next]).abs())
            .fold(f64::INFINITY, f64::min)
    });
    gaps.iter().fold(f64::INFINITY, f64::min)
}

macro_rules! running_extremes {
    ($($Name:ident, $Places:ident: $side:expr;)+) => {$(
        impl Primitive for $Name {
            const KINKS: &'static str = "ties at the element taken";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                args[0].axis(self.axis).map(|_| args[0].clone())
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
                    for (to, place) in to.iter_mut().zip(running_places(from, self.reverse, $side)) {
                        *to = from[place];
                    }
                }))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                let Self { axis, reverse } = *self;
                let places = b.apply($Places { axis, reverse }.into(), &[at.args[0]]);
                let zeros = b.zeros(&b.shape(ct));
                share(b.apply(ScatterAddAlongAxis { axis }.into(), &[zeros, places, ct]))
            }

            fn is_many_sided(&self) -> bool {
                true
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                running_gap(args[0], self.axis, self.reverse, $side)
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                Drawn::alone(Self {
                    axis: from.axis(x)?,
                    reverse: from.chance(0.4),
                })
            }
        }

        impl Primitive for $Places {
            const KINKS: &'static str = "ties at the element taken";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                args[0].axis(self.axis).map(|_| args[0].clone())
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
                    for (to, place) in to.iter_mut().zip(running_places(from, self.reverse, $side)) {
                        *to = T::of(place as f64);
                    }
                }))
            }

            fn vjp(&self, _: &dyn Builder, _: Site<'_>, _: Id) -> Shares {
                Shares::new()
            }

            fn carries(&self, _: usize) -> bool {
                false
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                running_gap(args[0], self.axis, self.reverse, $side)
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                Drawn::alone(Self {
                    axis: from.axis(x)?,
                    reverse: from.chance(0.4),
                })
            }
        }
    )+};
}
running_extremes! {
    CumMax, CumArgMax: Ordering::Greater;
    CumMin, CumArgMin: Ordering::Less;
}

impl Primitive for CumLogSumExp {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    /// The sum so far is 1 + rest, in units of e^shift. The shift is a constant near the largest element, whose own part is
    /// the 1 and an e^d - 1 in the rest: 0, but for its derivative.
    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
            let mut total: Option<(f64, T)> = None;
            for k in places(from.len(), self.reverse) {
                let (x, size) = (from[k], from[k].to_f64());
                let grown = match total {
                    None if size == f64::NEG_INFINITY => {
                        to[k] = T::of(size);
                        continue;
                    }
                    None => {
                        let shift = if size.is_finite() { size } else { 0.0 };
                        (shift, (x - T::of(shift)).expm1())
                    }
                    Some((shift, rest))
                        if size > shift && size.is_finite() && rest.to_f64().is_finite() =>
                    {
                        let shrunk = (T::of(1.0) + rest) * (T::of(shift) - T::of(size)).exp();
                        (size, shrunk + (x - T::of(size)).expm1())
                    }
                    Some((shift, rest)) => (shift, rest + (x - T::of(shift)).exp()),
                };
                to[k] = T::of(grown.0) + grown.1.log1p();
                total = Some(grown);
            }
        }))
    }

    /// With m the largest up to each place, d = e^(m of the place before - m) and e = e^(x - m), all of exact differences:
    /// the sum s = d (s of the place before) + e, in units of e^m. What is wanted, e^x_i times the sum of ct_k / (s_k e^m_k)
    /// over the places k from i on, is e_i t_i with t = ct / s + (d t of the place behind).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (x, shape) = (at.args[0], b.shape(ct));
        if shape.count() == 0 {
            return Shares::new();
        }
        let Self { axis, reverse } = *self;
        let place = resolved(axis, &shape);
        let running = b.apply(CumMax { axis, reverse }.into(), &[x]);
        let running = b.apply(StopGradient {}.into(), &[running]);
        let n = shape[place];
        let before = if reverse {
            let parts = [
                b.narrow(running, place, 1, n - 1),
                b.narrow(running, place, n - 1, 1),
            ];
            b.apply(Concat { axis }.into(), &parts)
        } else {
            let parts = [
                b.narrow(running, place, 0, 1),
                b.narrow(running, place, 0, n - 1),
            ];
            b.apply(Concat { axis }.into(), &parts)
        };
        // while all elements are -inf, other numbers stand in, so that no NaN arises that a derivative would meet
        let nothing = b.eq(running, b.constant(f64::NEG_INFINITY));
        let units = b.select(nothing, b.constant(0.0), running);
        let d = b.exp(b.sub(before, units));
        let e = b.exp(b.sub(x, units));
        let scan = |b_: Id, reverse: bool| b.apply(Recurrence { axis, reverse }.into(), &[d, b_]);
        let s = b.add(b.mul(d, scan(e, reverse)), e);
        let s = b.select(nothing, b.constant(1.0), s);
        let own = b.div(ct, s);
        let t = b.add(own, scan(b.mul(d, own), !reverse));
        share(b.mul(e, t))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
            reverse: from.chance(0.4),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn running_extremes_and_sums_of_exponentials() {
        all_derivatives_agree(Kind::CumMax);
        all_derivatives_agree(Kind::CumMin);
        all_derivatives_agree(Kind::CumArgMax);
        all_derivatives_agree(Kind::CumArgMin);
        all_derivatives_agree(Kind::CumLogSumExp);
    }

    #[test]
    fn running_extremes_give_to_the_first() {
        let x = [2.0, 2.0, 1.0, 3.0, -INF, 3.0];
        let (axis, ct) = (0, || Tensor::from([1.0, 10.0, 100.0, 1e3, 1e4, 1e5]));
        let max = |reverse| CumMax { axis, reverse };
        let min = |reverse| CumMin { axis, reverse };
        check(
            max(false),
            &[x.into()],
            [2.0, 2.0, 2.0, 3.0, 3.0, 3.0].into(),
        );
        check_pull(
            max(false),
            &[x.into()],
            ct(),
            &[[111.0, 0.0, 0.0, 111e3, 0.0, 0.0].into()],
        );
        check(max(true), &[x.into()], [3.0; 6].into());
        check_pull(
            max(true),
            &[x.into()],
            ct(),
            &[[0.0, 0.0, 0.0, 0.0, 0.0, 111111.0].into()],
        );
        check(
            min(false),
            &[x.into()],
            [2.0, 2.0, 1.0, 1.0, -INF, -INF].into(),
        );
        check_pull(
            min(false),
            &[x.into()],
            ct(),
            &[[11.0, 0.0, 1100.0, 0.0, 11e4, 0.0].into()],
        );
        check(
            min(true),
            &[x.into()],
            [-INF, -INF, -INF, -INF, -INF, 3.0].into(),
        );
        let gone = [1.0, NAN, 5.0, NAN];
        check(max(false), &[gone.into()], [1.0, NAN, NAN, NAN].into());
        check(
            CumArgMax {
                axis,
                reverse: false,
            },
            &[gone.into()],
            [0.0, 1.0, 1.0, 1.0].into(),
        );
        check(
            CumArgMin {
                axis,
                reverse: true,
            },
            &[gone.into()],
            [3.0; 4].into(),
        );
        check_pull(
            max(false),
            &[gone.into()],
            [1.0, 1.0, 1.0, 1.0].into(),
            &[[1.0, 3.0, 0.0, 0.0].into()],
        );
        check(max(false), &[Tensor::zeros([0])], Tensor::zeros([0]));
        let smooth = |op: CumMax, x: &[f64]| op.smooth(&[&Tensor::from(x)]);
        assert_eq!(smooth(max(false), &[1.0, 4.0, 3.0]), 0.5);
        assert_eq!(smooth(max(true), &[1.0, 5.0, 3.0]), 1.0);
        assert_eq!(smooth(max(false), &[1.0]), INF);
    }

    #[test]
    fn sums_of_exponentials_neither_overflow_nor_vanish() {
        let op = |reverse| CumLogSumExp { axis: 0, reverse };
        let two = 2f64.ln();
        check(
            op(false),
            &[[1000.0, 1000.0].into()],
            [1000.0, 1000.0 + two].into(),
        );
        check(
            op(true),
            &[[-1000.0, -1000.0].into()],
            [-1000.0 + two, -1000.0].into(),
        );
        // jax.lax.cumlogsumexp, and mpmath for the small rest
        check(
            op(false),
            &[[0.0, -40.0].into()],
            [0.0, 4.248_354_255_291_589e-18].into(),
        );
        check(
            op(false),
            &[[-INF, -INF, 1.0, -INF].into()],
            [-INF, -INF, 1.0, 1.0].into(),
        );
        check_pull(
            op(false),
            &[[-INF, -INF, 1.0, -INF].into()],
            [1.0, 2.0, 4.0, 8.0].into(),
            &[[0.0, 0.0, 12.0, 0.0].into()],
        );
        check(
            op(false),
            &[[0.0, INF, 1.0, 1e4].into()],
            [0.0, INF, INF, INF].into(),
        );
        check(op(false), &[[0.0, NAN, 1.0].into()], [0.0, NAN, NAN].into());
        // e^-50 of the first is not lost beside the second
        check_pull(
            op(false),
            &[[0.0, 50.0].into()],
            [0.0, 1.0].into(),
            &[[(-50f64).exp(), 1.0].into()],
        );
    }

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::CumSum);
        all_derivatives_agree(Kind::CumProd);
        all_derivatives_agree(Kind::Recurrence);
    }

    #[test]
    fn values() {
        let x = || [Tensor::from([[1.0, 2.0, 3.0], [4.0, 0.0, 6.0]])];
        let sum = |axis, reverse, exclusive| CumSum {
            axis,
            reverse,
            exclusive,
        };
        let prod = |axis, reverse, exclusive| CumProd {
            axis,
            reverse,
            exclusive,
        };
        check(
            sum(1, false, false),
            &x(),
            [[1.0, 3.0, 6.0], [4.0, 4.0, 10.0]].into(),
        );
        check(
            sum(-1, true, false),
            &x(),
            [[6.0, 5.0, 3.0], [10.0, 6.0, 6.0]].into(),
        );
        check(
            sum(-2, false, true),
            &x(),
            [[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]].into(),
        );
        check(
            prod(1, false, false),
            &x(),
            [[1.0, 2.0, 6.0], [4.0, 0.0, 0.0]].into(),
        );
        check(
            prod(1, true, true),
            &x(),
            [[6.0, 3.0, 1.0], [0.0, 6.0, 1.0]].into(),
        );
        check(
            prod(0, false, false),
            &[Tensor::zeros([0, 2])],
            Tensor::zeros([0, 2]),
        );
        let [a, b] = [[2.0, 3.0, 4.0], [1.0, 10.0, 100.0]].map(Tensor::from);
        let forward = Recurrence {
            axis: 0,
            reverse: false,
        };
        check(forward, &[a.clone(), b.clone()], [0.0, 1.0, 13.0].into());
        let backward = Recurrence {
            axis: 0,
            reverse: true,
        };
        check(backward, &[a, b], [310.0, 100.0, 0.0].into());
    }

    #[test]
    fn refused() {
        let (reverse, exclusive) = (false, false);
        for axis in [i64::MIN, -2, 1, i64::MAX] {
            check_refused(
                CumSum {
                    axis,
                    reverse,
                    exclusive,
                },
                &[&[3]],
                "does not exist",
            );
            check_refused(
                CumProd {
                    axis,
                    reverse,
                    exclusive,
                },
                &[&[3]],
                "does not exist",
            );
            check_refused(
                Recurrence { axis, reverse },
                &[&[3], &[3]],
                "does not exist",
            );
        }
        check_refused(
            CumSum {
                axis: 0,
                reverse,
                exclusive,
            },
            &[&[]],
            "does not exist",
        );
        check_refused(
            Recurrence { axis: 0, reverse },
            &[&[3], &[1]],
            "found [3] and [1]",
        );
    }

    #[test]
    fn running_products_with_zeros_are_exact_in_every_derivative() {
        // y = (x0, x0 x1, x0 x1 x2) at x1 = 0
        let cumprod = CumProd {
            axis: 0,
            reverse: false,
            exclusive: false,
        };
        let x = [2.0, 0.0, 5.0];
        check_pull(
            cumprod.clone(),
            &[x.into()],
            [1.0, 10.0, 100.0].into(),
            &[[1.0, 1020.0, 0.0].into()],
        );
        // d3 y2 / dx0 dx1 dx2 = 1 at the origin
        let tape = super::super::check::Tape::default();
        let b: &dyn Builder = &tape;
        let unit =
            |place| tape.literal(Tensor::from_fn([3], |k| if k == place { 1.0 } else { 0.0 }));
        let x = tape.literal(Tensor::from([0.0; 3]));
        let mut y = b.sum(b.mul(b.apply(cumprod.into(), &[x]), unit(2)), None, false);
        for place in 0..3 {
            let slope = tape.pull_back(y, b.constant(1.0), &[x])[0];
            y = b.sum(b.mul(slope, unit(place)), None, false);
        }
        assert_eq!(tape.value(y).item(), 1.0);
    }
}
