//! Reductions that pick elements by their order: maxima and minima, their places, medians and quantiles.
//!
//! Order compares values only. Where several elements are equal the convention decides who gets the derivative: extremes
//! share it equally, order statistics give it to the place that a stable sort would put there.

use super::attr::word_attribute;
use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::pointwise::Row;
use super::primitive::{DomainError, Primitive};
use super::reduce::{Lanes, draw_nonempty, kept, mean, reduced_nonempty, resolved, sum_kept};
use super::sort::order;
use super::{ArgMax, ArgMin, CumSum, MaxReduce, Median, MinReduce, Quantile};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use smallvec::{SmallVec, smallvec};
use std::cmp::Ordering;

word_attribute! {
    /// What a quantile is where it falls between two elements.
    Between: "\"linear\", \"lower\" or \"higher\"" {
        /// Interpolated between them.
        Linear = "linear",
        /// The element before.
        Lower = "lower",
        /// The element behind.
        Higher = "higher",
    }
}

/// The first place of the element that compares as `side` to all others; the first NaN's, if there is one.
pub(super) fn extreme_place<T: Real>(lane: &[T], side: Ordering) -> usize {
    let mut best = 0;
    for (place, x) in lane.iter().enumerate() {
        if x.to_f64().is_nan() {
            return place;
        }
        if x.partial_cmp(&lane[best]) == Some(side) {
            best = place;
        }
    }
    best
}

/// The extreme element, shared by its ties.
fn extreme<T: Real>(lane: &[T], side: Ordering) -> T {
    let best = lane[extreme_place(lane, side)];
    if best.to_f64().is_nan() {
        return best;
    }
    let ties: Vec<T> = lane.iter().copied().filter(|x| *x == best).collect();
    T::equal_share(&ties)
}

/// The largest element of a lane that is not empty.
pub(super) fn largest<T: Real>(lane: &[T]) -> T {
    extreme(lane, Ordering::Greater)
}

/// How far the two largest elements may move before they meet.
pub(super) fn half_gap(lane: &[f64]) -> f64 {
    let mut top = [f64::NEG_INFINITY; 2];
    for &x in lane {
        if x > top[0] {
            top = [x, top[0]];
        } else if x > top[1] {
            top[1] = x;
        }
    }
    if lane.len() < 2 {
        f64::INFINITY
    } else {
        half_distance(top[1], top[0])
    }
}

/// (b - a) / 2 of two elements in order; 0 of equal infinities.
pub(super) fn half_distance(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { b / 2.0 - a / 2.0 }
}

/// [`half_gap`] over all lanes, of x or of -x.
fn smallest_gap(x: &Tensor<f64>, axes: &[usize], side: Ordering) -> f64 {
    let gaps = x.reduce(axes, false, |lane| match side {
        Ordering::Less => half_gap(&lane.iter().map(|x| -x).collect::<Vec<f64>>()),
        _ => half_gap(lane),
    });
    gaps.iter().fold(f64::INFINITY, f64::min)
}

macro_rules! extremes {
    ($($Name:ident $name:literal $side:expr;)+) => {$(
        impl Primitive for $Name {
            const KINKS: &'static str = "ties at the element taken";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                reduced_nonempty($name, &self.axes, self.keepdims, args[0])
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
                let axes = resolved(&self.axes, args[0].shape());
                Ok(args[0].reduce(&axes, self.keepdims, |lane| extreme(lane, $side)))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                let x = b.shape(at.args[0]);
                let axes = resolved(&self.axes, &x);
                let ties = b.eq(at.args[0], kept(b, at.y, &x, &axes));
                let each = b.div(kept(b, ct, &x, &axes), sum_kept(b, ties, &axes));
                share(b.select(ties, each, b.constant(0.0)))
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                smallest_gap(args[0], &resolved(&self.axes, args[0].shape()), $side)
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                Drawn::alone(Self {
                    axes: draw_nonempty(from, x),
                    keepdims: from.chance(0.3),
                })
            }
        }
    )+};
}
extremes! {
    MaxReduce "max_reduce" Ordering::Greater;
    MinReduce "min_reduce" Ordering::Less;
}

macro_rules! places {
    ($($Name:ident $name:literal $side:expr;)+) => {$(
        impl Primitive for $Name {
            const KINKS: &'static str = "ties at the element taken";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                reduced_nonempty($name, &Some(vec![self.axis]), false, args[0])
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
                let axis = args[0].shape().axis(self.axis).expect("the shape rule checked the axis");
                Ok(args[0].reduce(&[axis], false, |lane| T::of(extreme_place(lane, $side) as f64)))
            }

            fn vjp(&self, _: &dyn Builder, _: Site<'_>, _: Id) -> Shares {
                Shares::new()
            }

            fn carries(&self, _: usize) -> bool {
                false
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                smallest_gap(args[0], &resolved(&Some(vec![self.axis]), args[0].shape()), $side)
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let op = Self { axis: from.axis(x)? };
                op.shape(&[x]).ok().and_then(|_| Drawn::alone(op))
            }
        }
    )+};
}
places! {
    ArgMax "argmax" Ordering::Greater;
    ArgMin "argmin" Ordering::Less;
}

/// The places in sorted order that a quantile of `count` elements takes, and their weights, none of them 0.
fn taken(q: f64, method: Between, count: usize) -> SmallVec<[(usize, f64); 2]> {
    let position = q * (count.saturating_sub(1)) as f64;
    let (low, high) = (position.floor(), position.ceil());
    let part = position - low;
    match method {
        Between::Linear if part > 0.0 => {
            smallvec![(low as usize, 1.0 - part), (high as usize, part)]
        }
        Between::Linear | Between::Lower => smallvec![(low as usize, 1.0)],
        Between::Higher => smallvec![(high as usize, 1.0)],
    }
}

/// The lane in sorted order, equal elements in the order of their places.
fn sorted<T: Real>(lane: &[T]) -> Vec<T> {
    let mut sorted = lane.to_vec();
    sorted.sort_by(order);
    sorted
}

/// The first NaN of a lane.
fn first_nan<T: Real>(lane: &[T]) -> Option<T> {
    lane.iter().copied().find(|x| x.to_f64().is_nan())
}

/// a + part (b - a), which is a where b is a; by weights where the difference is not finite.
fn between<T: Real>(a: T, b: T, part: f64) -> T {
    let difference = b - a;
    if difference.to_f64().is_finite() {
        a + difference * T::of(part)
    } else {
        a * T::of(1.0 - part) + b * T::of(part)
    }
}

/// The rule of the median and the quantiles. Among the elements equal to the one at place k in sorted order, it is the
/// one that has k - (number of smaller elements) equal ones before it.
fn pull_taken(
    b: &dyn Builder,
    at: Site<'_>,
    ct: Id,
    axes: &[usize],
    q: f64,
    method: Between,
) -> Shares {
    let over = b.shape(at.args[0]);
    let lanes = Lanes::of(&over, axes);
    let (x, ct) = (lanes.fold(b, at.args[0]), lanes.column(b, ct));
    let last = [b.shape(x).rank() - 1];
    let taken = taken(q, method, lanes.size);
    let shares = taken.iter().enumerate().map(|(i, &(place, weight))| {
        let element = match taken.len() {
            1 => lanes.column(b, at.y),
            _ => {
                let alone = Quantile {
                    q,
                    method: [Between::Lower, Between::Higher][i],
                    axes: Some(vec![-1]),
                    keepdims: true,
                };
                b.apply(alone.into(), &[x])
            }
        };
        let smaller = sum_kept(b, b.pointwise(Row::Lt, &[x, element]), &last);
        let equal = b.eq(x, element);
        let count = CumSum {
            axis: -1,
            reverse: false,
            exclusive: true,
        };
        let before = b.apply(count.into(), &[equal]);
        let wanted = b.sub(b.constant(place as f64), smaller);
        let mask = b.mul(equal, b.eq(before, wanted));
        let weighted = match (taken.len(), i) {
            (1, _) => ct,
            // 1 - part may not be a number of f64
            (_, 0) => b.sub(ct, b.scale(ct, taken[1].1)),
            _ => b.scale(ct, weight),
        };
        let chosen = b.select(mask, weighted, b.constant(0.0));
        (0, lanes.unfold(b, chosen))
    });
    shares.collect()
}

/// How far elements may move before another one takes one of the places, over all lanes.
fn order_gap(x: &Tensor<f64>, axes: &[usize], q: f64, method: Between) -> f64 {
    let gaps = x.reduce(axes, false, |lane| {
        let (sorted, taken) = (sorted(lane), taken(q, method, lane.len()));
        let same = |a: usize, b: usize| {
            // two places of equal weight may change their roles
            let weight = |k: usize| taken.iter().find(|&&(place, _)| place == k).map(|t| t.1);
            weight(a) == weight(b)
        };
        let borders = (1..lane.len()).filter(|&k| !same(k - 1, k));
        borders
            .map(|k| half_distance(sorted[k - 1], sorted[k]))
            .fold(f64::INFINITY, f64::min)
    });
    gaps.iter().fold(f64::INFINITY, f64::min)
}

impl Primitive for Median {
    const KINKS: &'static str = "ties at the elements taken";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        reduced_nonempty("median", &self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            first_nan(lane).unwrap_or_else(|| {
                let sorted = sorted(lane);
                mean(&sorted[(lane.len() - 1) / 2..lane.len() / 2 + 1])
            })
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axes = resolved(&self.axes, &b.shape(at.args[0]));
        pull_taken(b, at, ct, &axes, 0.5, Between::Linear)
    }

    fn is_many_sided(&self) -> bool {
        true
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let axes = resolved(&self.axes, args[0].shape());
        order_gap(args[0], &axes, 0.5, Between::Linear)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: draw_nonempty(from, x),
            keepdims: from.chance(0.3),
        })
    }
}

impl Primitive for Quantile {
    const KINKS: &'static str = "ties at the elements taken";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if !(0.0..=1.0).contains(&self.q) {
            return shape_error!("quantile of q={}: expected a number from 0 to 1", self.q);
        }
        reduced_nonempty("quantile", &self.axes, self.keepdims, args[0])
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let axes = resolved(&self.axes, args[0].shape());
        Ok(args[0].reduce(&axes, self.keepdims, |lane| {
            first_nan(lane).unwrap_or_else(|| {
                let sorted = sorted(lane);
                match *taken(self.q, self.method, lane.len()) {
                    [(low, _), (high, part)] => between(sorted[low], sorted[high], part),
                    [(place, _), ..] => sorted[place],
                    [] => unreachable!("a quantile takes one place or two"),
                }
            })
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axes = resolved(&self.axes, &b.shape(at.args[0]));
        pull_taken(b, at, ct, &axes, self.q, self.method)
    }

    fn is_many_sided(&self) -> bool {
        true
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let axes = resolved(&self.axes, args[0].shape());
        order_gap(args[0], &axes, self.q, self.method)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            q: match from.below(6) {
                0 => 0.5,
                1 => 0.0,
                2 => 1.0,
                3 => 0.3,
                4 => 0.25,
                _ => from.unit(),
            },
            axes: draw_nonempty(from, x),
            keepdims: from.chance(0.3),
            method: *from.pick(Between::ALL),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::MaxReduce);
        all_derivatives_agree(Kind::MinReduce);
        all_derivatives_agree(Kind::ArgMax);
        all_derivatives_agree(Kind::ArgMin);
        all_derivatives_agree(Kind::Median);
        all_derivatives_agree(Kind::Quantile);
    }

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    fn max() -> MaxReduce {
        MaxReduce {
            axes: None,
            keepdims: false,
        }
    }

    fn min() -> MinReduce {
        MinReduce {
            axes: None,
            keepdims: false,
        }
    }

    fn median() -> Median {
        Median {
            axes: None,
            keepdims: false,
        }
    }

    fn quantile(q: f64, method: Between) -> Quantile {
        Quantile {
            q,
            axes: None,
            keepdims: false,
            method,
        }
    }

    #[test]
    fn extremes_share_ties_equally() {
        check_pull(
            max(),
            &[[3.0, 1.0, 3.0, 3.0].into()],
            6.0.into(),
            &[[2.0, 0.0, 2.0, 2.0].into()],
        );
        check_pull(
            min(),
            &[[[-0.0, 1.0], [0.0, 3.0]].into()],
            6.0.into(),
            &[[[3.0, 0.0], [3.0, 0.0]].into()],
        );
        check(max(), &[[-INF, -INF].into()], (-INF).into());
        check(min(), &[[2.0, NAN, -INF].into()], NAN.into());
        check_pull(
            max(),
            &[[-INF, INF].into()],
            INF.into(),
            &[[0.0, INF].into()],
        );
    }

    #[test]
    fn places_of_extremes() {
        let x = || {
            [Tensor::from([
                [3.0, 1.0, 3.0],
                [NAN, 5.0, NAN],
                [-INF, -INF, -INF],
            ])]
        };
        check(ArgMax { axis: 1 }, &x(), [0.0, 0.0, 0.0].into());
        check(ArgMin { axis: -1 }, &x(), [1.0, 0.0, 0.0].into());
        check(ArgMax { axis: 0 }, &x(), [1.0, 1.0, 1.0].into());
        check(
            ArgMin { axis: 0 },
            &[Tensor::zeros([2, 0])],
            Tensor::zeros([0]),
        );
    }

    #[test]
    fn medians_and_quantiles() {
        #[track_caller]
        fn row(op: impl Into<crate::op::Op>, x: &[f64], expected: f64, slopes: &[f64]) {
            let op = op.into();
            check(op.clone(), &[x.into()], expected.into());
            check_pull(op, &[x.into()], 1.0.into(), &[slopes.into()]);
        }
        use Between::{Higher, Linear, Lower};
        row(median(), &[3.0, 1.0, 2.0], 2.0, &[0.0, 0.0, 1.0]);
        row(median(), &[4.0, 1.0, 3.0, 2.0], 2.5, &[0.0, 0.0, 0.5, 0.5]);
        row(median(), &[2.0, 2.0, 2.0], 2.0, &[0.0, 1.0, 0.0]);
        row(median(), &[2.0, 2.0, 2.0, 2.0], 2.0, &[0.0, 0.5, 0.5, 0.0]);
        row(median(), &[9.0, 2.0, 1.0, 2.0], 2.0, &[0.0, 0.5, 0.0, 0.5]);
        row(median(), &[1e308, 1.5e308], 1.25e308, &[0.5, 0.5]);
        row(median(), &[5e-324, 5e-324], 5e-324, &[0.5, 0.5]);
        row(median(), &[-INF, 7.0, INF], 7.0, &[0.0, 1.0, 0.0]);
        row(
            quantile(0.25, Linear),
            &[0.0, 10.0, 30.0],
            5.0,
            &[0.5, 0.5, 0.0],
        );
        row(quantile(0.75, Linear), &[0.0, 1.0], 0.75, &[0.25, 0.75]);
        row(quantile(0.75, Lower), &[0.0, 1.0], 0.0, &[1.0, 0.0]);
        row(quantile(0.75, Higher), &[0.0, 1.0], 1.0, &[0.0, 1.0]);
        row(quantile(0.0, Linear), &[5.0, 5.0], 5.0, &[1.0, 0.0]);
        row(quantile(1.0, Linear), &[5.0, 5.0], 5.0, &[0.0, 1.0]);
        row(quantile(0.3, Linear), &[0.1, 0.1], 0.1, &[0.7, 0.3]);
        row(
            quantile(0.5, Linear),
            &[-f64::MAX, f64::MAX],
            0.0,
            &[0.5, 0.5],
        );
        row(quantile(0.3, Linear), &[-0.0], -0.0, &[1.0]);
        check(quantile(0.5, Linear), &[[INF, INF].into()], INF.into());
        check(quantile(0.0, Linear), &[[1.0, NAN].into()], NAN.into());
        check(median(), &[[1.0, NAN, 2.0].into()], NAN.into());
        // neighbours among the numbers: the interpolated value equals one of them, the derivative still goes to both
        let next = 1.0 + f64::EPSILON;
        check_pull(
            quantile(0.25, Linear),
            &[[1.0, next].into()],
            1.0.into(),
            &[[0.75, 0.25].into()],
        );
    }

    #[test]
    fn refused() {
        for q in [NAN, -0.1, 1.1, INF] {
            check_refused(
                quantile(q, Between::Linear),
                &[&[2]],
                "expected a number from 0 to 1",
            );
        }
        check_refused(max(), &[&[0]], "max_reduce of no elements");
        check_refused(min(), &[&[2, 0]], "min_reduce of no elements");
        check_refused(median(), &[&[0, 2]], "median of no elements");
        check_refused(
            quantile(0.5, Between::Linear),
            &[&[0]],
            "quantile of no elements",
        );
        check_refused(ArgMax { axis: 0 }, &[&[0, 2]], "argmax of no elements");
        check_refused(ArgMin { axis: 0 }, &[&[]], "does not exist");
        check_refused(ArgMin { axis: i64::MIN }, &[&[3]], "does not exist");
    }

    #[test]
    fn distances_from_a_change_of_places() {
        let x = |x: &[f64]| Tensor::<f64>::from(x);
        assert_eq!(max().smooth(&[&x(&[1.0, 4.0, 3.0])]), 0.5);
        assert_eq!(max().smooth(&[&x(&[4.0, 4.0, 3.0])]), 0.0);
        assert_eq!(min().smooth(&[&x(&[1.0, 4.0, 3.0])]), 1.0);
        assert_eq!(min().smooth(&[&x(&[1.0])]), INF);
        assert_eq!(ArgMin { axis: 0 }.smooth(&[&x(&[INF, INF])]), 0.0);
        // the middle two may change their roles in a median, but not in a quantile
        assert_eq!(median().smooth(&[&x(&[1.0, 4.0, 4.5, 9.0])]), 1.5);
        let linear = quantile(0.4, Between::Linear);
        assert_eq!(linear.smooth(&[&x(&[1.0, 4.0, 4.5, 9.0])]), 0.25);
        assert_eq!(
            quantile(0.0, Between::Linear).smooth(&[&x(&[1.0, 4.0])]),
            1.5
        );
    }
}
