//! Writing at places that an index names. Of several numbers for one place the last one stays.

use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn};
use super::index::{check_elements, check_slices, draw_elements, draw_slices, places};
use super::layout::checked_axis;
use super::primitive::{DomainError, Linearity, Primitive};
use super::{Scatter, ScatterAlongAxis};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor};

impl Primitive for Scatter {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_slices("scatter", args, self.axis)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = checked_axis(self.axis, shape.rank());
        let places = places("scatter", args[1], axis, shape[axis])?;
        let places = places.as_slice().expect("contiguous by construction");
        Ok(args[0].put_at(axis, places, args[2]))
    }

    /// Slices of src are numbered; one was written last if its own number is found where it was written.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (index, src) = (at.args[1], b.shape(at.args[2]));
        let mut shares = Shares::new();
        if at.wanted[0] {
            let zeros = b.zeros(&src);
            shares.push((0, b.apply(self.clone().into(), &[ct, index, zeros])));
        }
        if at.wanted[2] && src.count() > 0 {
            let x = b.shape(at.args[0]);
            let axis = checked_axis(self.axis, x.rank());
            let shape = b.shape(index);
            let numbers = b.literal(Tensor::from_fn(&shape, |k| k as f64));
            let line = b.zeros(&Shape::from([x[axis]]));
            let written = b.apply(Self { axis: 0 }.into(), &[line, index, numbers]);
            let is_last = b.eq(b.take(written, index, 0), numbers);
            // one for each slice
            let behind = std::iter::repeat_n(1, x.rank() - axis - 1);
            let is_last = b.reshape(is_last, &shape.iter().copied().chain(behind).collect());
            let share = b.select(is_last, b.take(ct, index, self.axis), b.constant(0.0));
            shares.push((2, share));
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

impl Primitive for ScatterAlongAxis {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        check_elements("scatter_along_axis", args, self.axis)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let [x, index, src] = [args[0], args[1], args[2]];
        let axis = checked_axis(self.axis, shape.rank());
        let places = places("scatter_along_axis", index, axis, shape[axis])?;
        let places = places
            .broadcast_to(src.shape())
            .expect("the shape rule checked it");
        Ok(x.put_along(axis, &places, src))
    }

    /// Elements of src are numbered along the axis; one was written last if its own number is found where it was written.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (index, src) = (at.args[1], b.shape(at.args[2]));
        let mut shares = Shares::new();
        if at.wanted[0] {
            let zeros = b.zeros(&src);
            shares.push((0, b.apply(self.clone().into(), &[ct, index, zeros])));
        }
        if at.wanted[2] && src.count() > 0 {
            let x = b.shape(at.args[0]);
            let axis = checked_axis(self.axis, x.rank());
            let line: Shape = (0..src.rank())
                .map(|k| if k == axis { src[axis] } else { 1 })
                .collect();
            let numbers = b.literal(Tensor::from_fn(&line, |k| k as f64));
            let numbers = b.broadcast_to(numbers, &src);
            let zeros = b.zeros(&x);
            let written = b.apply(self.clone().into(), &[zeros, index, numbers]);
            let is_last = b.eq(b.take_along_axis(written, index, self.axis), numbers);
            let share = b.take_along_axis(ct, index, self.axis);
            shares.push((2, b.select(is_last, share, b.constant(0.0))));
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

#[cfg(test)]
mod tests {
    use super::super::check::{check_pull, check_refused};
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;
    use crate::op::Kind;
    use crate::op::check::all_derivatives_agree;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Scatter>();
        check_adjoint::<ScatterAlongAxis>();
        all_derivatives_agree(Kind::Scatter);
        all_derivatives_agree(Kind::ScatterAlongAxis);
    }

    #[test]
    fn the_last_one_stays() {
        let x = Tensor::from([[-1.0, -2.0], [-3.0, -4.0], [-5.0, -6.0]]);
        let src = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        let index = Tensor::from([-1.0, 2.0]);
        let op = Scatter { axis: 0 };
        check_value(
            op.clone(),
            &[&x, &index, &src],
            &[3, 2],
            &[-1.0, -2.0, -3.0, -4.0, 3.0, 4.0],
        );
        check_pull(
            op,
            &[x.clone(), index, src.clone()],
            [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].into(),
            &[
                [[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]].into(),
                Tensor::zeros([2]),
                [[0.0, 0.0], [5.0, 6.0]].into(),
            ],
        );
        // an index of rank 2 into the middle axis
        let index = Tensor::from([[0.0, 1.0], [1.0, 0.0]]);
        check_value(
            Scatter { axis: 1 },
            &[&counting(&[1, 3, 1]), &index, &counting(&[1, 2, 2, 1])],
            &[1, 3, 1],
            &[3.0, 2.0, 2.0],
        );
        let along = Tensor::from([[0.0, 1.0], [0.0, -1.0]]);
        let op = ScatterAlongAxis { axis: 0 };
        check_value(
            op.clone(),
            &[&x, &along, &src],
            &[3, 2],
            &[3.0, -2.0, -3.0, 2.0, -5.0, 4.0],
        );
        check_pull(
            op,
            &[x.clone(), along, src],
            [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].into(),
            &[
                [[0.0, 2.0], [3.0, 0.0], [5.0, 0.0]].into(),
                Tensor::zeros([2, 2]),
                [[0.0, 4.0], [1.0, 6.0]].into(),
            ],
        );
    }

    #[test]
    fn refused() {
        check_refused(
            Scatter { axis: 0 },
            &[&[3, 2], &[4], &[2, 2]],
            "scatter of shape [3, 2] with an index of shape [4] along axis 0 takes src of shape [4, 2], found [2, 2]",
        );
        check_refused(
            ScatterAlongAxis { axis: 1 },
            &[&[3, 2], &[2, 2], &[2, 2]],
            "scatter_along_axis takes src of the shape of x beside axis 1",
        );
        let x = counting(&[2]);
        check_error(
            Scatter { axis: 0 },
            &[&x, &Tensor::from([2.0]), &Tensor::from([0.0])],
            "scatter: index 2 at place [0] is out of range",
        );
    }
}
