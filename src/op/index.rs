//! Indexing: elements read at, or added to, places that a tensor names.
//!
//! An index is a tensor of integers in the number type of the program. Negative ones count from the end. No gradient
//! flows to it. What is not an integer, or outside the axis, is a [`DomainError`]: the shape rule cannot know the data.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, Request};
use super::layout::checked_axis;
use super::primitive::{DomainError, Linearity, Primitive};
use super::{ScatterAdd, ScatterAddAlongAxis, Take, TakeAlongAxis};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The places in an axis of size `size` that `index` names for `op`.
pub(crate) fn places<T: Real>(
    op: &str,
    index: &Tensor<T>,
    axis: usize,
    size: usize,
) -> Result<Tensor<usize>, DomainError> {
    let n = size as f64;
    let place = |(k, i): (usize, T)| {
        let i = i.to_f64();
        // NaN and the infinities have no fraction that is 0
        match i.fract() == 0.0 && i >= -n && i < n {
            true if i < 0.0 => Ok((i + n) as usize),
            true => Ok(i as usize),
            false => Err(refused(op, i, k, index.shape(), axis, size)),
        }
    };
    let found = index
        .iter()
        .enumerate()
        .map(place)
        .collect::<Result<Vec<usize>, _>>()?;
    Ok(Tensor::raw(index.shape().clone(), found))
}

/// Why `i`, element `k` of an index of shape `shape`, names no place.
#[cold]
fn refused(op: &str, i: f64, mut k: usize, shape: &Shape, axis: usize, size: usize) -> DomainError {
    let mut at: Vec<usize> = vec![0; shape.rank()];
    for (place, &n) in at.iter_mut().zip(shape.iter()).rev() {
        (*place, k) = (k % n, k / n);
    }
    let expected = match size {
        0 => "there is none".to_string(),
        _ => format!("expected -{size}..={}", size - 1),
    };
    DomainError(match i.fract() == 0.0 {
        true => format!(
            "{op}: index {i} at place {at:?} is out of range for axis {axis} of size {size}: {expected}"
        ),
        false => format!(
            "{op}: index {i} at place {at:?} is not an integer: axis {axis} has size {size}, {expected}"
        ),
    })
}

/// `x` with the index's axes in the place of `axis`.
fn taken(x: &Shape, index: &Shape, axis: usize) -> Shape {
    let (before, after) = (&x[..axis], &x[axis + 1..]);
    before
        .iter()
        .chain(index.iter())
        .chain(after)
        .copied()
        .collect()
}

/// An axis of `x`, and a small shape for an index into it: one without elements where the axis has none.
fn draw_take(from: &mut Choices<'_>, x: &Shape) -> Option<(i64, Shape)> {
    let axis = from.axis(x)?;
    let size = x[checked_axis(axis, x.rank())];
    let mut left = (4 * size).min(12);
    let rank = from.below(if x.rank() < 4 { 4 } else { 2 });
    let mut length = |from: &mut Choices<'_>| {
        if left == 0 || from.chance(0.03) {
            return 0;
        }
        let n = 1 + from.below(left.min(5));
        left = (left / n).max(1);
        n
    };
    let mut shape: Vec<usize> = (0..rank).map(|_| length(from)).collect();
    if size == 0 && !shape.contains(&0) {
        shape.push(0);
    }
    Some((axis, shape.into()))
}

impl Primitive for Take {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(taken(args[0], args[1], args[0].axis(self.axis)?))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = checked_axis(self.axis, args[0].rank());
        let places = places("take", args[1], axis, args[0].shape()[axis])?;
        let picked = args[0].pick(axis, places.as_slice().expect("contiguous by construction"));
        Ok(picked.reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if !at.wanted[0] || b.shape(ct).count() == 0 {
            return Shares::new();
        }
        let zeros = b.zeros(&b.shape(at.args[0]));
        share(b.apply(
            ScatterAdd { axis: self.axis }.into(),
            &[zeros, at.args[1], ct],
        ))
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
        let (axis, index) = draw_take(from, x)?;
        let below = x[checked_axis(axis, x.rank())].max(1);
        Drawn::with(Self { axis }, [Request::Index(index, below)])
    }
}

/// The shape of `(x, index, src)` where src has the slices that the index names along an axis of x.
pub(super) fn check_slices(op: &str, args: &[&Shape], axis: i64) -> Result<Shape, ShapeError> {
    let [x, index, src] = [args[0], args[1], args[2]];
    let axis = x.axis(axis)?;
    let expected = taken(x, index, axis);
    if *src != expected {
        return shape_error!(
            "{op} of shape {x} with an index of shape {index} along axis {axis} takes src of shape {expected}, found {src}"
        );
    }
    Ok(x.clone())
}

/// Operands for [`check_slices`] beside x.
pub(super) fn draw_slices(from: &mut Choices<'_>, x: &Shape) -> Option<(i64, [Request; 2])> {
    let (axis, index) = draw_take(from, x)?;
    let place = checked_axis(axis, x.rank());
    let src = taken(x, &index, place);
    let index = Request::Index(index, x[place].max(1));
    Some((axis, [index, Request::Tensor(src)]))
}

/// The shape of `(x, index, src)` where the index names a place along an axis of x for each element of src.
pub(super) fn check_elements(op: &str, args: &[&Shape], axis: i64) -> Result<Shape, ShapeError> {
    let [x, index, src] = [args[0], args[1], args[2]];
    let axis = x.axis(axis)?;
    if src.rank() != x.rank() || src.with(axis, 0) != x.with(axis, 0) {
        return shape_error!(
            "{op} takes src of the shape of x beside axis {axis}, found {src} for {x}"
        );
    }
    if index.rank() != x.rank() || index[axis] != src[axis] || !index.broadcasts_to(src) {
        return shape_error!(
            "{op} takes one index for each place of src along axis {axis}: index of shape {index} does not fit src of \
             shape {src}"
        );
    }
    Ok(x.clone())
}

/// Operands for [`check_elements`] beside x.
pub(super) fn draw_elements(from: &mut Choices<'_>, x: &Shape) -> Option<(i64, [Request; 2])> {
    let axis = from.axis(x)?;
    let place = checked_axis(axis, x.rank());
    let index = draw_along(from, x, place);
    let src = x.with(place, index[place]);
    let index = Request::Index(index, x[place].max(1));
    Some((axis, [index, Request::Tensor(src)]))
}

impl Primitive for ScatterAdd {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_slices("scatter_add", args, self.axis)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = checked_axis(self.axis, shape.rank());
        let places = places("scatter_add", args[1], axis, shape[axis])?;
        Ok(args[0].add_at(
            axis,
            places.as_slice().expect("contiguous by construction"),
            args[2],
        ))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let mut shares = Shares::new();
        if at.wanted[0] {
            shares.push((0, ct));
        }
        if at.wanted[2] {
            shares.push((2, b.take(ct, at.args[1], self.axis)));
        }
        shares
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn carries(&self, operand: usize) -> bool {
        operand != 1
    }

    fn is_index(&self, operand: usize) -> bool {
        operand == 1
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let (axis, others) = draw_slices(from, x)?;
        Drawn::with(Self { axis }, others)
    }
}

impl TakeAlongAxis {
    /// The axis, and the shape to which `x` and the index broadcast beside it.
    fn frame(&self, x: &Shape, index: &Shape) -> Result<(usize, Shape), ShapeError> {
        let axis = x.axis(self.axis)?;
        if x.rank() != index.rank() {
            return shape_error!(
                "take_along_axis takes x and index of one rank, found shapes {x} and {index}"
            );
        }
        match x.with(axis, 1).broadcast(&index.with(axis, 1)) {
            Ok(frame) => Ok((axis, frame)),
            Err(_) => {
                shape_error!(
                    "take_along_axis: beside axis {axis}, shapes {x} and {index} do not broadcast"
                )
            }
        }
    }
}

impl Primitive for TakeAlongAxis {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let (axis, frame) = self.frame(args[0], args[1])?;
        Ok(frame.with(axis, args[1][axis]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let [x, index] = [args[0], args[1]];
        let axis = checked_axis(self.axis, x.rank());
        let size = x.shape()[axis];
        let places = places("take_along_axis", index, axis, size)?;
        let places = places
            .broadcast_to(shape)
            .expect("the shape rule checked it");
        let x = x
            .broadcast_to(&shape.with(axis, size))
            .expect("the shape rule checked it");
        Ok(x.pick_along(axis, &places))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let result = b.shape(ct);
        if !at.wanted[0] || result.count() == 0 {
            return Shares::new();
        }
        let axis = checked_axis(self.axis, result.rank());
        // where x was broadcast, the share keeps all of its copies' shares
        let zeros = b.zeros(&result.with(axis, b.shape(at.args[0])[axis]));
        share(b.apply(
            ScatterAddAlongAxis { axis: self.axis }.into(),
            &[zeros, at.args[1], ct],
        ))
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
        let axis = from.axis(x)?;
        let place = checked_axis(axis, x.rank());
        let index = draw_along(from, x, place);
        // an axis of size 1 of x may broadcast, once
        let one = (0..x.rank()).find(|&k| k != place && x[k] == 1);
        let index = match one {
            Some(k) if from.chance(0.3) => index.with(k, 1 + from.below(2)),
            _ => index,
        };
        Drawn::with(Self { axis }, [Request::Index(index, x[place].max(1))])
    }
}

/// The shape of an index along `axis` of `x`, some of whose other axes broadcast; without elements where the axis has none.
fn draw_along(from: &mut Choices<'_>, x: &Shape, axis: usize) -> Shape {
    let length = match x[axis] {
        0 => 0,
        _ if from.chance(0.03) => 0,
        n => 1 + from.below((2 * n).min(6)),
    };
    let other = |&n: &usize| if from.chance(0.2) { 1 } else { n };
    x.iter().map(other).collect::<Shape>().with(axis, length)
}

impl Primitive for ScatterAddAlongAxis {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_elements("scatter_add_along_axis", args, self.axis)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let [x, index, src] = [args[0], args[1], args[2]];
        let axis = checked_axis(self.axis, shape.rank());
        let places = places("scatter_add_along_axis", index, axis, shape[axis])?;
        let places = places
            .broadcast_to(src.shape())
            .expect("the shape rule checked it");
        Ok(x.add_along(axis, &places, src))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let mut shares = Shares::new();
        if at.wanted[0] {
            shares.push((0, ct));
        }
        if at.wanted[2] {
            shares.push((2, b.take_along_axis(ct, at.args[1], self.axis)));
        }
        shares
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn carries(&self, operand: usize) -> bool {
        operand != 1
    }

    fn is_index(&self, operand: usize) -> bool {
        operand == 1
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let (axis, others) = draw_elements(from, x)?;
        Drawn::with(Self { axis }, others)
    }
}

/// Reading at an index, for rules.
impl<'d> dyn Builder + 'd {
    pub(crate) fn take(&self, x: Id, index: Id, axis: i64) -> Id {
        self.apply(Take { axis }.into(), &[x, index])
    }

    pub(crate) fn take_along_axis(&self, x: Id, index: Id, axis: i64) -> Id {
        self.apply(TakeAlongAxis { axis }.into(), &[x, index])
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Take>();
        check_adjoint::<TakeAlongAxis>();
        check_adjoint::<ScatterAdd>();
        check_adjoint::<ScatterAddAlongAxis>();
    }

    #[test]
    fn takes() {
        let x = counting(&[3, 2]);
        let index = Tensor::from([[2.0, -1.0], [0.0, 2.0]]);
        check_value(
            Take { axis: 0 },
            &[&x, &index],
            &[2, 2, 2],
            &[4.0, 5.0, 4.0, 5.0, 0.0, 1.0, 4.0, 5.0],
        );
        check_value(
            Take { axis: -1 },
            &[&x, &Tensor::from([-2.0])],
            &[3, 1],
            &[0.0, 2.0, 4.0],
        );
        check_value(
            Take { axis: 1 },
            &[&x, &Tensor::scalar(1.0)],
            &[3],
            &[1.0, 3.0, 5.0],
        );
        check_value(
            Take { axis: 0 },
            &[&counting(&[0, 2]), &counting(&[0])],
            &[0, 2],
            &[],
        );
        check_value(
            Take { axis: 1 },
            &[&counting(&[0, 2]), &Tensor::from([1.0])],
            &[0, 1],
            &[],
        );

        let along = Tensor::from([[2.0, 0.0], [-1.0, 1.0]]);
        check_value(
            TakeAlongAxis { axis: 0 },
            &[&x, &along],
            &[2, 2],
            &[4.0, 1.0, 4.0, 3.0],
        );
        let column = Tensor::from([[1.0], [0.0], [1.0]]);
        check_value(
            TakeAlongAxis { axis: 1 },
            &[&x, &column],
            &[3, 1],
            &[1.0, 2.0, 5.0],
        );
        check_value(
            TakeAlongAxis { axis: 0 },
            &[&x, &column],
            &[3, 2],
            &[2.0, 3.0, 0.0, 1.0, 2.0, 3.0],
        );
        let row = counting(&[1, 3]);
        check_value(
            TakeAlongAxis { axis: 1 },
            &[&row, &Tensor::from([[2.0], [-3.0]])],
            &[2, 1],
            &[2.0, 0.0],
        );
    }

    #[test]
    fn additions() {
        let zeros = Tensor::zeros([3, 2]);
        let src = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        let index = Tensor::from([-1.0, 2.0]);
        check_value(
            ScatterAdd { axis: 0 },
            &[&zeros, &index, &src],
            &[3, 2],
            &[0.0, 0.0, 0.0, 0.0, 4.0, 6.0],
        );
        let along = Tensor::from([[0.0, 1.0], [0.0, -1.0]]);
        let expected = [4.0, 0.0, 0.0, 2.0, 0.0, 4.0];
        check_value(
            ScatterAddAlongAxis { axis: 0 },
            &[&zeros, &along, &src],
            &[3, 2],
            &expected,
        );
        let column = Tensor::from([[0.0], [0.0]]);
        let expected = [4.0, 6.0, 0.0, 0.0, 0.0, 0.0];
        check_value(
            ScatterAddAlongAxis { axis: 0 },
            &[&zeros, &column, &src],
            &[3, 2],
            &expected,
        );
        check_value(
            ScatterAdd { axis: 0 },
            &[&zeros, &counting(&[0]), &counting(&[0, 2])],
            &[3, 2],
            &[0.0; 6],
        );

        let words = "takes src of shape [4, 2], found [2, 2]";
        check_error(
            ScatterAdd { axis: 0 },
            &[&zeros, &counting(&[4]), &src],
            words,
        );
        let words = "src of the shape of x beside axis 1, found [2, 2] for [3, 2]";
        check_error(
            ScatterAddAlongAxis { axis: 1 },
            &[&zeros, &src, &src],
            words,
        );
        let words = "index of shape [3, 2] does not fit src of shape [2, 2]";
        check_error(
            ScatterAddAlongAxis { axis: 0 },
            &[&zeros, &counting(&[3, 2]), &src],
            words,
        );
    }

    #[test]
    fn indices_outside_say_where() {
        #[track_caller]
        fn check(index: f64, words: &str) {
            let indices = Tensor::from([[0.0, -3.0], [index, 2.0]]);
            check_error(
                Take { axis: 0 },
                &[&counting(&[3]), &indices],
                &format!("take: {words}"),
            );
            let words = format!("take_along_axis: {}", words.replace("axis 0", "axis 1"));
            check_error(
                TakeAlongAxis { axis: 1 },
                &[&counting(&[2, 3]), &indices],
                &words,
            );
        }
        check(
            7.0,
            "index 7 at place [1, 0] is out of range for axis 0 of size 3: expected -3..=2",
        );
        check(3.0, "index 3 at place [1, 0] is out of range");
        check(-4.0, "index -4 at place [1, 0] is out of range");
        check(1e300, "index 1000000");
        check(0.5, "index 0.5 at place [1, 0] is not an integer");
        check(f64::NAN, "index NaN at place [1, 0] is not an integer");
        check(
            f64::NEG_INFINITY,
            "index -inf at place [1, 0] is not an integer",
        );
        let words = "index 0 at place [0] is out of range for axis 0 of size 0: there is none";
        check_error(Take { axis: 0 }, &[&counting(&[0]), &counting(&[1])], words);

        check_error(Take { axis: 0 }, &[&counting(&[]), &counting(&[1])], "0-d");
        check_error(
            TakeAlongAxis { axis: 0 },
            &[&counting(&[2]), &counting(&[1, 1])],
            "of one rank",
        );
        check_error(
            TakeAlongAxis { axis: 0 },
            &[&counting(&[2, 2]), &counting(&[1, 3])],
            "do not broadcast",
        );
        let many = Tensor::zeros([1 << 40, 1 << 18]);
        check_error(
            Take { axis: 0 },
            &[&counting(&[2, 1 << 10]), &many],
            "memory",
        );
    }
}
