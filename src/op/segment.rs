//! Segments: slices that are folded together as an index says, and classes as vectors.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, Request};
use super::extremes::{half_gap, largest};
use super::index::places;
use super::primitive::{Domain, DomainError, Linearity, Primitive};
use super::{OneHot, SegmentMax, SegmentSum};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The shape of `(x, index)` folded along axis 0 into so many segments.
fn segmented(op: &str, args: &[&Shape], segments: usize) -> Result<Shape, ShapeError> {
    let (x, index) = (args[0], args[1]);
    match x.first() {
        Some(n) if **index == [*n] => Ok(x.with(0, segments)),
        Some(n) => shape_error!(
            "{op} of shape {x} takes an index of shape [{n}], one entry for each slice, found {index}"
        ),
        None => shape_error!("{op} takes slices along axis 0, found a 0-d tensor"),
    }
}

/// A number of segments, and an index into them for the slices of `x`.
fn draw_segments(from: &mut Choices<'_>, x: &Shape) -> Option<(usize, Request)> {
    let n = *x.first()?;
    let segments = match n {
        0 => from
            .below(3)
            .min(24 / x[1..].iter().product::<usize>().max(1)),
        _ => 1 + from.below((n + 1).min(4)),
    };
    let index: Shape = [n].into();
    let request = match from.chance(0.6) {
        true => Request::Label(index, segments.max(1)),
        false => Request::Index(index, segments.max(1)),
    };
    Some((segments, request))
}

impl Primitive for SegmentSum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        segmented("segment_sum", args, self.num_segments)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let places = places("segment_sum", args[1], 0, self.num_segments)?;
        let places = places.as_slice().expect("contiguous by construction");
        Ok(Tensor::zeros(shape).add_at(0, places, args[0]))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        match at.wanted[0] {
            true => share(b.take(ct, at.args[1], 0)),
            false => Shares::new(),
        }
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn carries(&self, operand: usize) -> bool {
        operand == 0
    }

    fn is_index(&self, operand: usize) -> bool {
        operand == 1
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let (num_segments, index) = draw_segments(from, x)?;
        Drawn::with(Self { num_segments }, [index])
    }
}

impl SegmentMax {
    /// What `f` makes of the elements that meet at each place of the result, in order of the slices.
    fn fold<T: Real, U: Copy>(
        &self,
        x: &Tensor<T>,
        places: &Tensor<usize>,
        mut f: impl FnMut(&[T]) -> U,
    ) -> Tensor<U> {
        let shape = x.shape().with(0, self.num_segments);
        let inner: usize = shape[1..].iter().product();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.num_segments];
        for (slice, place) in places.iter().enumerate() {
            members[place].push(slice);
        }
        let data = x.to_vec();
        let mut folded = Vec::with_capacity(shape.count());
        for slices in &members {
            for k in 0..inner {
                let lane: Vec<T> = slices.iter().map(|slice| data[slice * inner + k]).collect();
                folded.push(f(&lane));
            }
        }
        Tensor::raw(shape, folded)
    }
}

impl Primitive for SegmentMax {
    const KINKS: &'static str = "ties at the largest of a segment";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        segmented("segment_max", args, self.num_segments)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let places = places("segment_max", args[1], 0, self.num_segments)?;
        let nothing = T::of(f64::NEG_INFINITY);
        if args[0].is_empty() {
            return Ok(Tensor::full(shape, nothing));
        }
        Ok(self.fold(args[0], &places, |lane| match lane {
            [] => nothing,
            _ => largest(lane),
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (x, index) = (at.args[0], at.args[1]);
        if !at.wanted[0] || b.shape(x).count() == 0 {
            return Shares::new();
        }
        let ties = b.eq(x, b.take(at.y, index, 0));
        let sum = SegmentSum {
            num_segments: self.num_segments,
        };
        let counts = b.apply(sum.into(), &[ties, index]);
        let each = b.div(b.take(ct, index, 0), b.take(counts, index, 0));
        share(b.select(ties, each, b.constant(0.0)))
    }

    fn carries(&self, operand: usize) -> bool {
        operand == 0
    }

    fn is_index(&self, operand: usize) -> bool {
        operand == 1
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        // an index is asked about though it does not move: at the place nearest to it
        let places = places("", &args[1].map(f64::round), 0, self.num_segments);
        match places {
            Ok(places) if !args[0].is_empty() => {
                let gaps = self.fold(args[0], &places, half_gap);
                gaps.iter().fold(f64::INFINITY, f64::min)
            }
            _ => f64::INFINITY,
        }
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let (num_segments, index) = draw_segments(from, x)?;
        Drawn::with(Self { num_segments }, [index])
    }
}

impl Primitive for OneHot {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(args[0].iter().copied().chain([self.n]).collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let places = places("one_hot", args[0], args[0].rank(), self.n)?;
        let mut data = vec![T::of(0.0); shape.count()];
        for (row, place) in places.iter().enumerate() {
            data[row * self.n + place] = T::of(1.0);
        }
        Ok(Tensor::raw(shape.clone(), data))
    }

    fn vjp(&self, _: &dyn Builder, _: Site<'_>, _: Id) -> Shares {
        Shares::new()
    }

    fn carries(&self, _: usize) -> bool {
        false
    }

    fn is_index(&self, _: usize) -> bool {
        true
    }

    fn domain(&self, _: usize) -> Domain {
        Domain::Index(self.n)
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let n = match x.count() {
            0 => from.below(4),
            count => 1 + from.below(4.min(60 / count.min(60)).max(1)),
        };
        Drawn::alone(Self { n })
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{all_derivatives_agree, check, check_pull, check_refused};
    use super::super::testing::{check_adjoint, check_error, counting};
    use super::*;
    use crate::op::Kind;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn derivatives() {
        check_adjoint::<SegmentSum>();
        all_derivatives_agree(Kind::SegmentSum);
        all_derivatives_agree(Kind::SegmentMax);
        all_derivatives_agree(Kind::OneHot);
    }

    #[test]
    fn segments_in_any_order() {
        let x = || Tensor::from([[1.0, 5.0], [2.0, -1.0], [3.0, 5.0], [4.0, 0.0]]);
        let index = || Tensor::from([2.0, 0.0, -1.0, 2.0]);
        let (sum, max) = (
            SegmentSum { num_segments: 3 },
            SegmentMax { num_segments: 3 },
        );
        check(
            sum.clone(),
            &[x(), index()],
            [[2.0, -1.0], [0.0, 0.0], [8.0, 10.0]].into(),
        );
        check(
            max.clone(),
            &[x(), index()],
            [[2.0, -1.0], [-INF, -INF], [4.0, 5.0]].into(),
        );
        let ct = || Tensor::from([[1.0, 2.0], [NAN, INF], [4.0, 8.0]]);
        check_pull(
            sum,
            &[x(), index()],
            ct(),
            &[[[4.0, 8.0], [1.0, 2.0], [4.0, 8.0], [4.0, 8.0]].into()],
        );
        check_pull(
            max,
            &[x(), index()],
            ct(),
            &[[[0.0, 4.0], [1.0, 2.0], [0.0, 4.0], [4.0, 0.0]].into()],
        );
        let max = SegmentMax { num_segments: 2 };
        check(
            max.clone(),
            &[[-INF, NAN, 3.0].into(), [0.0, 1.0, 1.0].into()],
            [-INF, NAN].into(),
        );
        check(
            max.clone(),
            &[Tensor::zeros([0, 2]), Tensor::zeros([0])],
            Tensor::full([2, 2], -INF),
        );
        let x = Tensor::from([1.0, 4.0, 3.0, 9.0]);
        let index = Tensor::from([0.0, 0.0, 0.0, 1.0]);
        assert_eq!(max.smooth(&[&x, &index]), 0.5);
    }

    #[test]
    fn classes() {
        check(
            OneHot { n: 3 },
            &[[[0.0, -1.0]].into()],
            [[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]].into(),
        );
        check(OneHot { n: 2 }, &[1.0.into()], [0.0, 1.0].into());
        check(
            OneHot { n: 0 },
            &[Tensor::zeros([0])],
            Tensor::zeros([0, 0]),
        );
        check_error(
            OneHot { n: 3 },
            &[&Tensor::from([3.0])],
            "one_hot: index 3 at place [0] is out of range for axis 1 of size 3: expected -3..=2",
        );
    }

    #[test]
    fn refused() {
        let sum = SegmentSum { num_segments: 2 };
        check_refused(sum.clone(), &[&[3, 2], &[2]], "an index of shape [3]");
        check_refused(sum.clone(), &[&[3, 2], &[3, 1]], "found [3, 1]");
        check_refused(sum.clone(), &[&[], &[]], "found a 0-d tensor");
        let max = SegmentMax { num_segments: 2 };
        check_refused(max, &[&[3], &[]], "an index of shape [3]");
        check_error(
            sum,
            &[&counting(&[2]), &Tensor::from([0.0, 2.0])],
            "segment_sum: index 2 at place [1] is out of range for axis 0 of size 2",
        );
        check_refused(OneHot { n: 1 << 60 }, &[&[2]], "memory");
    }
}
