//! Order along an axis.
//!
//! Order compares values only. Equal elements stay in the order of their places, in either direction, so that each element
//! of a result comes from one place, which has its derivative. NaN is larger than every number.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::extremes::half_distance;
use super::primitive::{DomainError, Primitive};
use super::{ArgSort, ScatterAddAlongAxis, Sort, TopK};
use crate::number::Real;
use crate::tensor::{Range, Shape, ShapeError, Tensor, shape_error};
use std::cmp::Ordering;

/// The order of two elements: by value, NaN behind all numbers.
pub(super) fn order<T: Real>(a: &T, b: &T) -> Ordering {
    let by_nan = || a.to_f64().is_nan().cmp(&b.to_f64().is_nan());
    a.partial_cmp(b).unwrap_or_else(by_nan)
}

/// The places of a lane's elements in their order.
fn sorted_places<T: Real>(lane: &[T], descending: bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..lane.len()).collect();
    places.sort_by(|&a, &b| match descending {
        true => order(&lane[b], &lane[a]),
        false => order(&lane[a], &lane[b]),
    });
    places
}

/// The axis, which the shape rule found legal.
fn resolved(axis: i64, x: &Shape) -> usize {
    x.axis(axis).expect("the shape rule checked the axis")
}

/// How far elements may move before two neighbours in order meet, of which one is among the first `count`.
fn gap(x: &Tensor<f64>, axis: i64, descending: bool, count: usize) -> f64 {
    let axis = resolved(axis, x.shape());
    let gaps = x.reduce(&[axis], false, |lane| {
        let places = sorted_places(lane, descending);
        let neighbours = places.windows(2).take(count);
        neighbours
            .map(|pair| half_distance(lane[pair[0]], lane[pair[1]]).abs())
            .fold(f64::INFINITY, f64::min)
    });
    gaps.iter().fold(f64::INFINITY, f64::min)
}

/// The cotangents of elements in order, at the places where these were found.
fn spread(b: &dyn Builder, x: Id, places: Id, ct: Id, axis: i64) -> Shares {
    let zeros = b.zeros(&b.shape(x));
    share(b.apply(ScatterAddAlongAxis { axis }.into(), &[zeros, places, ct]))
}

impl Primitive for Sort {
    const KINKS: &'static str = "equal elements";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
            for (to, place) in to.iter_mut().zip(sorted_places(from, self.descending)) {
                *to = from[place];
            }
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let places = ArgSort {
            axis: self.axis,
            descending: self.descending,
        };
        let places = b.apply(places.into(), &[at.args[0]]);
        spread(b, at.args[0], places, ct, self.axis)
    }

    fn is_many_sided(&self) -> bool {
        true
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        gap(args[0], self.axis, self.descending, usize::MAX)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
            descending: from.chance(0.4),
        })
    }
}

impl Primitive for ArgSort {
    const KINKS: &'static str = "equal elements";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[0].axis(self.axis).map(|_| args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].scan(resolved(self.axis, shape), |from, to| {
            for (to, place) in to.iter_mut().zip(sorted_places(from, self.descending)) {
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
        gap(args[0], self.axis, self.descending, usize::MAX)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axis: from.axis(x)?,
            descending: from.chance(0.4),
        })
    }
}

impl Primitive for TopK {
    const KINKS: &'static str = "ties among those taken, and with the next one";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let axis = args[0].axis(self.axis)?;
        if self.k > args[0][axis] {
            return shape_error!(
                "top_k of k={} along axis {axis} of shape {}: it has {} elements",
                self.k,
                args[0],
                args[0][axis]
            );
        }
        Ok(args[0].with(axis, self.k))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = resolved(self.axis, shape);
        let sorted = Sort {
            axis: self.axis,
            descending: self.largest,
        };
        let sorted = sorted.eval(args, args[0].shape())?;
        let range = Range {
            first: 0,
            step: 1,
            count: self.k,
        };
        Ok(sorted.narrow(axis, range))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if b.shape(ct).count() == 0 {
            return Shares::new();
        }
        let places = ArgSort {
            axis: self.axis,
            descending: self.largest,
        };
        let places = b.apply(places.into(), &[at.args[0]]);
        let axis = resolved(self.axis, &b.shape(ct));
        let taken = b.narrow(places, axis, 0, self.k);
        spread(b, at.args[0], taken, ct, self.axis)
    }

    fn is_many_sided(&self) -> bool {
        true
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        gap(args[0], self.axis, self.largest, self.k)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axis = from.axis(x)?;
        let size = x[resolved(axis, x)];
        Drawn::alone(Self {
            k: match from.below(8) {
                0 => size,
                1 if from.chance(0.2) => 0,
                _ => (1 + from.below(size.max(1))).min(size),
            },
            axis,
            largest: from.chance(0.6),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::*;
    use super::*;
    use crate::op::Kind;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Sort);
        all_derivatives_agree(Kind::ArgSort);
        all_derivatives_agree(Kind::TopK);
    }

    fn sort(axis: i64, descending: bool) -> Sort {
        Sort { axis, descending }
    }

    fn places(axis: i64, descending: bool) -> ArgSort {
        ArgSort { axis, descending }
    }

    fn top(k: usize, largest: bool) -> TopK {
        TopK {
            k,
            axis: -1,
            largest,
        }
    }

    /// NaN as jax.numpy.sort and argsort place it.
    #[test]
    fn order_is_stable_in_both_directions() {
        let x = || [Tensor::from([2.0, NAN, -INF, 2.0, NAN, INF, 1.0])];
        check(
            sort(0, false),
            &x(),
            [-INF, 1.0, 2.0, 2.0, INF, NAN, NAN].into(),
        );
        check(
            places(0, false),
            &x(),
            [2.0, 6.0, 0.0, 3.0, 5.0, 1.0, 4.0].into(),
        );
        check(
            sort(-1, true),
            &x(),
            [NAN, NAN, INF, 2.0, 2.0, 1.0, -INF].into(),
        );
        check(
            places(-1, true),
            &x(),
            [1.0, 4.0, 5.0, 0.0, 3.0, 6.0, 2.0].into(),
        );
        let x = || Tensor::from([[3.0, -1.0], [1.0, -1.0], [2.0, -1.0]]);
        check(
            sort(0, false),
            &[x()],
            [[1.0, -1.0], [2.0, -1.0], [3.0, -1.0]].into(),
        );
        let ct = || Tensor::from([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]);
        check_pull(
            sort(0, false),
            &[x()],
            ct(),
            &[[[4.0, 10.0], [1.0, 20.0], [2.0, 40.0]].into()],
        );
        check_pull(
            sort(0, true),
            &[x()],
            ct(),
            &[[[1.0, 10.0], [4.0, 20.0], [2.0, 40.0]].into()],
        );
        check(sort(0, false), &[[0.0, -0.0].into()], [0.0, -0.0].into());
        check(places(0, true), &[[0.0, -0.0].into()], [0.0, 1.0].into());
        check(
            sort(0, true),
            &[Tensor::zeros([0, 2])],
            Tensor::zeros([0, 2]),
        );
    }

    #[test]
    fn the_first_of_equal_ones_is_taken() {
        let x = || [Tensor::from([1.0, 3.0, 2.0, 3.0, 1.0])];
        check(top(3, true), &x(), [3.0, 3.0, 2.0].into());
        check(top(3, false), &x(), [1.0, 1.0, 2.0].into());
        check(top(0, true), &x(), Tensor::zeros([0]));
        check(
            top(3, true),
            &[[1.0, NAN, INF].into()],
            [NAN, INF, 1.0].into(),
        );
        check(top(2, false), &[[1.0, NAN, INF].into()], [1.0, INF].into());
        check_pull(
            top(1, true),
            &x(),
            [5.0].into(),
            &[[0.0, 5.0, 0.0, 0.0, 0.0].into()],
        );
        check_pull(
            top(1, false),
            &x(),
            [5.0].into(),
            &[[5.0, 0.0, 0.0, 0.0, 0.0].into()],
        );
        check_pull(
            top(4, true),
            &x(),
            [1.0, 2.0, 4.0, 8.0].into(),
            &[[8.0, 1.0, 4.0, 2.0, 0.0].into()],
        );
        check_pull(top(0, true), &x(), Tensor::zeros([0]), &[[0.0; 5].into()]);
    }

    #[test]
    fn distances_from_a_change_of_places() {
        let x = |x: &[f64]| Tensor::<f64>::from(x);
        assert_eq!(sort(0, false).smooth(&[&x(&[1.0, 9.0, 4.0])]), 1.5);
        assert_eq!(sort(0, true).smooth(&[&x(&[1.0, 9.0, 9.0])]), 0.0);
        assert_eq!(places(0, true).smooth(&[&x(&[1.0])]), INF);
        // beyond the k-th place anything may change
        assert_eq!(top(1, true).smooth(&[&x(&[1.0, 1.0, 4.0])]), 1.5);
        assert_eq!(top(2, true).smooth(&[&x(&[1.0, 1.0, 4.0])]), 0.0);
    }

    #[test]
    fn refused() {
        check_refused(sort(1, false), &[&[3]], "does not exist");
        check_refused(places(-1, false), &[&[]], "does not exist");
        check_refused(
            top(4, true),
            &[&[2, 3]],
            "top_k of k=4 along axis 1 of shape [2, 3]: it has 3 elements",
        );
        check_refused(top(usize::MAX, true), &[&[3]], "it has 3 elements");
    }
}
