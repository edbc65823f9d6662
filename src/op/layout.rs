//! Layout: operations that read the same elements under another shape, and copy nothing where strides can say it.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive};
use super::{BroadcastTo, Reshape, Squeeze, Transpose, Unsqueeze};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, resolve_axis, shape_error};

impl Primitive for Reshape {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let open = self.shape.iter().filter(|&&n| n == -1).count();
        let known: Option<usize> = self
            .shape
            .iter()
            .filter(|&&n| n != -1)
            .try_fold(1usize, |product, &n| {
                product.checked_mul(usize::try_from(n).ok()?)
            });
        let count = args[0].count();
        match (open, known) {
            (0, Some(known)) if known == count => {}
            (1, Some(known)) if known > 0 && count.is_multiple_of(known) => {}
            _ => {
                return shape_error!(
                    "{} elements of shape {} do not fill shape {:?}",
                    count,
                    args[0],
                    self.shape
                );
            }
        }
        Ok(self
            .shape
            .iter()
            .map(|&n| {
                if n == -1 {
                    count / known.unwrap_or(1)
                } else {
                    n as usize
                }
            })
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0]
            .reshape(shape)
            .expect("the shape rule checked the count"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut shape = vec![x.count() as i64];
        // split the last size at a divisor, a few times
        for _ in 0..from.below(3) {
            let last = *shape.last().expect("one size at least");
            let divisors: Vec<i64> = (1..=last.max(1)).filter(|d| last % d == 0).collect();
            let d = *from.pick(&divisors);
            shape.pop();
            shape.extend([d, last / d]);
        }
        if x.count() == 1 && from.chance(0.3) {
            shape.clear();
        } else if x.count() > 0 && from.chance(0.3) {
            let open = from.below(shape.len());
            shape[open] = -1;
        }
        Drawn::alone(Self { shape })
    }
}

impl Transpose {
    fn permuted(&self, x: &Shape) -> Result<Vec<usize>, ShapeError> {
        x.permutation(self.perm.as_deref())
    }
}

impl Primitive for Transpose {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(self
            .permuted(args[0])?
            .into_iter()
            .map(|axis| args[0][axis])
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let perm = self
            .permuted(args[0].shape())
            .expect("the shape rule checked the permutation");
        Ok(args[0]
            .transpose(&perm)
            .expect("the shape rule checked the permutation"))
    }

    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        let perm = self
            .permuted(&b.shape(ct))
            .expect("the shape rule checked the permutation");
        let mut inverse = vec![0; perm.len()];
        for (to, &from) in perm.iter().enumerate() {
            inverse[from] = to as i64;
        }
        share(b.transpose(ct, inverse))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        if from.chance(0.2) {
            return Drawn::alone(Self { perm: None });
        }
        let rank = x.rank() as i64;
        let perm = from.permutation(x.rank());
        let signed = perm.iter().map(|&axis| {
            if from.chance(0.2) {
                axis as i64 - rank
            } else {
                axis as i64
            }
        });
        Drawn::alone(Self {
            perm: Some(signed.collect()),
        })
    }
}

impl Primitive for BroadcastTo {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let sizes: Option<Shape> = self
            .shape
            .iter()
            .map(|&n| usize::try_from(n).ok())
            .collect::<Option<Vec<_>>>()
            .map(Shape::from);
        match sizes {
            Some(shape) if args[0].broadcasts_to(&shape) => Ok(shape),
            _ => shape_error!("shape {} does not broadcast to {:?}", args[0], self.shape),
        }
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0]
            .broadcast_to(shape)
            .expect("the shape rule checked it"))
    }

    /// The sweep sums what broadcasting repeated: the share is the cotangent itself.
    fn vjp(&self, _: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        share(ct)
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut left = 4;
        let mut times = |from: &mut Choices<'_>| {
            let n = if from.chance(0.05) {
                0
            } else {
                1 + from.below(left)
            };
            left /= n.max(1);
            n as i64
        };
        let mut shape: Vec<i64> = (0..from.below(3)).map(|_| times(from)).collect();
        let size = |&n: &usize| if n == 1 { times(from) } else { n as i64 };
        shape.extend(x.iter().map(size));
        Drawn::alone(Self { shape })
    }
}

impl Primitive for Squeeze {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let axes = args[0].axes(Some(&self.axes))?;
        if let Some(axis) = axes.iter().find(|&&axis| args[0][axis] != 1) {
            return shape_error!(
                "squeeze drops axes of size 1 only, and axis {axis} of shape {} has size {}",
                args[0],
                args[0][*axis]
            );
        }
        Ok(args[0].reduced(&axes, false))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut axes = Vec::new();
        for axis in (0..x.rank()).filter(|&axis| x[axis] == 1) {
            if from.chance(0.7) {
                axes.push(signed(from, axis, x.rank()));
            }
        }
        Drawn::alone(Self { axes })
    }
}

impl Primitive for Unsqueeze {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let rank = args[0].rank() + self.axes.len();
        let mut new = vec![false; rank];
        for &axis in &self.axes {
            if std::mem::replace(&mut new[resolve_axis(axis, rank)?], true) {
                return shape_error!("axis {axis} is named twice in {:?}", self.axes);
            }
        }
        let mut old = args[0].iter().copied();
        let size = |new| if new { Some(1) } else { old.next() };
        Ok(new.into_iter().filter_map(size).collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(args[0].reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(b.reshape(ct, &b.shape(at.args[0])))
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let new = from.below(if x.rank() < 4 { 3 } else { 2 });
        let rank = x.rank() + new;
        let places = from.permutation(rank);
        let axes = places[..new]
            .iter()
            .map(|&axis| signed(from, axis, rank))
            .collect();
        Drawn::alone(Self { axes })
    }
}

/// An axis that the shape rule found legal.
pub(super) fn checked_axis(axis: i64, rank: usize) -> usize {
    resolve_axis(axis, rank).expect("the shape rule checked the axis")
}

/// `axis` as an attribute may write it: sometimes counted from the end.
pub(super) fn signed(from: &mut Choices<'_>, axis: usize, rank: usize) -> i64 {
    if from.chance(0.3) {
        axis as i64 - rank as i64
    } else {
        axis as i64
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Reshape>();
        check_adjoint::<Transpose>();
        check_adjoint::<BroadcastTo>();
        check_adjoint::<Squeeze>();
        check_adjoint::<Unsqueeze>();
    }

    #[test]
    fn axes_of_size_one_come_and_go() {
        check_value(
            Squeeze { axes: vec![-1, 0] },
            &[&counting(&[1, 2, 1])],
            &[2],
            &[0.0, 1.0],
        );
        check_value(Squeeze { axes: vec![] }, &[&counting(&[1])], &[1], &[0.0]);
        check_error(
            Squeeze { axes: vec![1] },
            &[&counting(&[1, 2])],
            "axis 1 of shape [1, 2] has size 2",
        );
        check_error(
            Squeeze { axes: vec![0, -2] },
            &[&counting(&[1, 1])],
            "named twice",
        );
        check_error(Squeeze { axes: vec![0] }, &[&counting(&[])], "0-d");
        check_value(
            Unsqueeze { axes: vec![0, -1] },
            &[&counting(&[2])],
            &[1, 2, 1],
            &[0.0, 1.0],
        );
        check_value(Unsqueeze { axes: vec![0] }, &[&counting(&[])], &[1], &[0.0]);
        check_value(
            Unsqueeze { axes: vec![1] },
            &[&counting(&[2, 0])],
            &[2, 1, 0],
            &[],
        );
        check_error(
            Unsqueeze { axes: vec![0, -3] },
            &[&counting(&[2])],
            "named twice",
        );
        check_error(
            Unsqueeze {
                axes: vec![i64::MIN],
            },
            &[&counting(&[2])],
            "does not exist",
        );
        check_error(
            Unsqueeze {
                axes: vec![i64::MAX],
            },
            &[&counting(&[2])],
            "expected one of -2..=1",
        );
    }
}
