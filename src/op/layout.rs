//! Layout: operations that move, repeat or drop elements and compute nothing.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn};
use super::primitive::{DomainError, Linearity, Primitive, structural};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, resolve_axis, shape_error};

structural! {
    /// The same elements in row-major order under another shape; one size may be -1.
    Reshape reshape(x; shape: Vec<i64>);
    /// Axis k of the result is axis perm[k] of x; by default the axes are reversed.
    Transpose transpose(x; perm: Option<Vec<i64>> = None);
    /// Repeated along new axes and along axes of size 1.
    BroadcastTo broadcast_to(x; shape: Vec<i64>);
}

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
            (1, Some(known)) if known > 0 && count % known == 0 => {}
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
    fn permutation(&self, rank: usize) -> Result<Vec<usize>, ShapeError> {
        match &self.perm {
            None => Ok((0..rank).rev().collect()),
            Some(perm) => {
                let axes = perm
                    .iter()
                    .map(|&axis| resolve_axis(axis, rank))
                    .collect::<Result<Vec<_>, _>>()?;
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                match sorted.iter().copied().eq(0..rank) {
                    true => Ok(axes),
                    false => shape_error!("perm={perm:?} is not a permutation of {rank} axes"),
                }
            }
        }
    }
}

impl Primitive for Transpose {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(self
            .permutation(args[0].rank())?
            .into_iter()
            .map(|axis| args[0][axis])
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let perm = self
            .permutation(args[0].rank())
            .expect("the shape rule checked the permutation");
        Ok(args[0]
            .transpose(&perm)
            .expect("the shape rule checked the permutation"))
    }

    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        let perm = self
            .permutation(b.shape(ct).rank())
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
        let mut shape: Vec<i64> = (0..from.below(3)).map(|_| from.between(0, 3)).collect();
        shape.extend(
            x.iter()
                .map(|&n| if n == 1 { from.between(1, 4) } else { n as i64 }),
        );
        Drawn::alone(Self { shape })
    }
}
