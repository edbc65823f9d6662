//! Scans: operations whose result at a place depends on the elements before it, along one axis.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, Request};
use super::primitive::{DomainError, Linearity, Primitive};
use super::{CumProd, CumSum, Recurrence};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

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
