//! Reductions: operations that fold the elements along some axes into one.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive, structural};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor};

structural! {
    /// The sum; 0 of nothing.
    Sum sum(x; axes: Option<Vec<i64>> = None, keepdims: bool = false);
}

/// The axes that a reduction folds; the shape rule has found them legal.
fn resolved(axes: &Option<Vec<i64>>, x: &Shape) -> Vec<usize> {
    x.axes(axes.as_deref())
        .expect("the shape rule checked the axes")
}

impl Primitive for Sum {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(args[0].reduced(&args[0].axes(self.axes.as_deref())?, self.keepdims))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].reduce(
            &resolved(&self.axes, args[0].shape()),
            self.keepdims,
            T::sum,
        ))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        share(b.spread(ct, &x, &resolved(&self.axes, &x)))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::alone(Self {
            axes: from.axes(x),
            keepdims: from.chance(0.3),
        })
    }
}
