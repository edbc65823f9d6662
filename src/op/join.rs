//! Joins and repeats: tensors one behind the other, and one tensor several times.

use super::builder::{Builder, Id, Shares, Site, share};
use super::choices::{Choices, Drawn, Request};
use super::layout::checked_axis;
use super::primitive::{DomainError, Linearity, Primitive};
use super::{Concat, Repeat, Stack, Tile};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, resolve_axis, shape_error};

/// The size, if it could be computed without overflow.
fn addressable(op: &str, x: &Shape, size: Option<usize>) -> Result<usize, ShapeError> {
    match size {
        Some(size) => Ok(size),
        None => shape_error!("{op} of shape {x} is larger than memory can address"),
    }
}

impl Primitive for Concat {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let axis = args[0].axis(self.axis)?;
        for (i, arg) in args.iter().enumerate() {
            if arg.rank() != args[0].rank() || arg.with(axis, 0) != args[0].with(axis, 0) {
                return shape_error!(
                    "concat along axis {axis}: operand {i} has shape {arg}, the first has {}; only the sizes of axis \
                     {axis} may differ",
                    args[0]
                );
            }
        }
        let size = args
            .iter()
            .try_fold(0usize, |sum, arg| sum.checked_add(arg[axis]));
        Ok(args[0].with(axis, addressable("concat", args[0], size)?))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        match args {
            [x] => Ok((*x).clone()),
            _ => Ok(Tensor::concat(args, checked_axis(self.axis, shape.rank()))),
        }
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axis = checked_axis(self.axis, b.shape(ct).rank());
        let mut shares = Shares::new();
        let mut first = 0;
        for (i, &x) in at.args.iter().enumerate() {
            let size = b.shape(x)[axis];
            if at.wanted[i] {
                shares.push((i, b.narrow(ct, axis, first, size)));
            }
            first += size;
        }
        shares
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axis = from.axis(x)?;
        let place = checked_axis(axis, x.rank());
        let size = |from: &mut Choices<'_>| match from.chance(0.1) {
            true => 0,
            false => 1 + from.below(x[place].clamp(1, 4)),
        };
        let others: Vec<Request> = (0..from.below(3))
            .map(|_| Request::Tensor(x.with(place, size(from))))
            .collect();
        Drawn::with(Self { axis }, others)
    }
}

impl Primitive for Stack {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if let Some(i) = args.iter().position(|arg| arg != &args[0]) {
            return shape_error!(
                "stack takes tensors of one shape: operand {i} has shape {}, the first has {}",
                args[i],
                args[0]
            );
        }
        let axis = resolve_axis(self.axis, args[0].rank() + 1)?;
        let (before, after) = args[0].split_at(axis);
        Ok(before
            .iter()
            .chain(&[args.len()])
            .chain(after)
            .copied()
            .collect())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = checked_axis(self.axis, shape.rank());
        let part = shape.with(axis, 1);
        let parts: Vec<Tensor<T>> = args
            .iter()
            .map(|x| x.reshape(&part).expect("the same elements"))
            .collect();
        Ok(Tensor::concat(&parts.iter().collect::<Vec<_>>(), axis))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let axis = checked_axis(self.axis, b.shape(ct).rank());
        let part = |i: usize| b.reshape(b.narrow(ct, axis, i, 1), &b.shape(at.args[i]));
        (0..at.args.len())
            .filter(|&i| at.wanted[i])
            .map(|i| (i, part(i)))
            .collect()
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let rank = x.rank() as i64 + 1;
        let axis = from.between(-rank, rank - 1);
        let others = vec![Request::Tensor(x.clone()); from.below(4)];
        Drawn::with(Self { axis }, others)
    }
}

impl Tile {
    /// How often each axis of the result repeats, and the size of what is repeated: as many as there are axes.
    fn counts(&self, x: &Shape) -> Vec<(usize, usize)> {
        let rank = x.rank().max(self.reps.len());
        let entry = |list: &[usize], axis: usize| {
            (axis + list.len())
                .checked_sub(rank)
                .map_or(1, |own| list[own])
        };
        (0..rank)
            .map(|axis| (entry(&self.reps, axis), entry(x, axis)))
            .collect()
    }
}

impl Primitive for Tile {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let size = |(reps, n): (usize, usize)| addressable("tile", args[0], reps.checked_mul(n));
        self.counts(args[0]).into_iter().map(size).collect()
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let counts = self.counts(args[0].shape());
        Ok(repeated(
            args[0],
            counts
                .into_iter()
                .map(|(reps, n)| [(reps, true), (n, false)]),
            shape,
        ))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        let counts = self.counts(&x);
        sum_repeats(
            b,
            ct,
            counts
                .into_iter()
                .map(|(reps, n)| [(reps, true), (n, false)]),
            &x,
        )
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let mut left = 4;
        let mut reps = |from: &mut Choices<'_>| {
            let n = if from.chance(0.05) {
                0
            } else {
                1 + from.below(left)
            };
            left /= n.max(1);
            n
        };
        let entries = match from.below(4) {
            0 | 1 => x.rank(),
            2 => from.below(x.rank() + 1),
            _ => x.rank() + usize::from(x.rank() < 5),
        };
        let reps = (0..entries).map(|_| reps(from)).collect();
        Drawn::alone(Self { reps })
    }
}

impl Repeat {
    fn factors<'x>(&self, x: &'x Shape) -> impl Iterator<Item = [(usize, bool); 2]> + use<'x> {
        let axis = checked_axis(self.axis, x.rank());
        let repeats = self.repeats;
        let factor = move |(k, n)| [(n, false), (if k == axis { repeats } else { 1 }, true)];
        x.iter().copied().enumerate().map(factor)
    }
}

impl Primitive for Repeat {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let axis = args[0].axis(self.axis)?;
        let size = args[0][axis].checked_mul(self.repeats);
        Ok(args[0].with(axis, addressable("repeat", args[0], size)?))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(repeated(args[0], self.factors(args[0].shape()), shape))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let x = b.shape(at.args[0]);
        sum_repeats(b, ct, self.factors(&x), &x)
    }

    fn linearity(&self) -> Linearity {
        Linearity::Linear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let axis = from.axis(x)?;
        let repeats = if from.chance(0.05) {
            0
        } else {
            1 + from.below(4)
        };
        Drawn::alone(Self { repeats, axis })
    }
}

/// `x` repeated to `shape`, of which every axis is the product of two sizes, one of `x` and one (marked) that repeats.
fn repeated<T: Real>(
    x: &Tensor<T>,
    factors: impl Iterator<Item = [(usize, bool); 2]>,
    shape: &Shape,
) -> Tensor<T> {
    // sizes beside a 0 need not have a product
    if shape.count() == 0 {
        return Tensor::zeros(shape);
    }
    let factors: Vec<(usize, bool)> = factors
        .flatten()
        .filter(|&(n, repeats)| !repeats || n > 1)
        .collect();
    let own: Shape = factors
        .iter()
        .map(|&(n, repeats)| if repeats { 1 } else { n })
        .collect();
    let full: Shape = factors.iter().map(|&(n, _)| n).collect();
    let spread = x
        .reshape(own)
        .and_then(|x| x.broadcast_to(&full))
        .and_then(|x| x.reshape(shape));
    spread.expect("the sizes are factors of the shape's")
}

/// The adjoint of [`repeated`]: the share of `x` in its repeats' cotangent.
fn sum_repeats(
    b: &dyn Builder,
    ct: Id,
    factors: impl Iterator<Item = [(usize, bool); 2]>,
    x: &Shape,
) -> Shares {
    if b.shape(ct).count() == 0 {
        return Shares::new();
    }
    let factors: Vec<(usize, bool)> = factors
        .flatten()
        .filter(|&(n, repeats)| !repeats || n > 1)
        .collect();
    let full: Shape = factors.iter().map(|&(n, _)| n).collect();
    let axes: Vec<i64> = (0..factors.len())
        .filter(|&axis| factors[axis].1)
        .map(|axis| axis as i64)
        .collect();
    let ct = match axes.is_empty() {
        true => ct,
        false => b.sum(b.reshape(ct, &full), Some(axes), false),
    };
    share(b.reshape(ct, x))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_adjoint, check_error, check_value, counting};
    use super::*;

    #[test]
    fn rules_are_adjoints() {
        check_adjoint::<Concat>();
        check_adjoint::<Stack>();
        let tiles = check_adjoint::<Tile>();
        assert!(tiles.iter().any(|op| op.reps.contains(&0)));
        check_adjoint::<Repeat>();
    }

    #[test]
    fn joins() {
        let (a, b) = (counting(&[2, 2]), counting(&[2, 1]));
        check_value(
            Concat { axis: 1 },
            &[&a, &b],
            &[2, 3],
            &[0.0, 1.0, 0.0, 2.0, 3.0, 1.0],
        );
        check_value(
            Concat { axis: -2 },
            &[&b, &b],
            &[4, 1],
            &[0.0, 1.0, 0.0, 1.0],
        );
        check_value(
            Concat { axis: 0 },
            &[&counting(&[0, 2]), &a],
            &[2, 2],
            &[0.0, 1.0, 2.0, 3.0],
        );
        check_error(
            Concat { axis: 0 },
            &[&a, &b],
            "operand 1 has shape [2, 1], the first has [2, 2]",
        );
        check_error(
            Concat { axis: 0 },
            &[&a, &counting(&[2])],
            "operand 1 has shape [2]",
        );
        check_error(Concat { axis: 0 }, &[&counting(&[])], "0-d");
        check_error(Concat { axis: 0 }, &[], "at least 1");
        let endless = Tensor::zeros([0, 1 << 58]);
        check_error(
            Concat { axis: 1 },
            &[&endless, &endless, &endless],
            "memory",
        );

        let v = counting(&[2]);
        check_value(Stack { axis: 0 }, &[&v, &v], &[2, 2], &[0.0, 1.0, 0.0, 1.0]);
        check_value(
            Stack { axis: -1 },
            &[&v, &v],
            &[2, 2],
            &[0.0, 0.0, 1.0, 1.0],
        );
        check_value(Stack { axis: 0 }, &[&counting(&[])], &[1], &[0.0]);
        check_error(
            Stack { axis: 0 },
            &[&v, &b],
            "operand 1 has shape [2, 1], the first has [2]",
        );
        check_error(Stack { axis: 2 }, &[&v], "expected one of -2..=1");
    }

    #[test]
    fn tiles_take_any_number_of_entries() {
        #[track_caller]
        fn check(reps: &[usize], shape: &[usize], expected: &[f64]) {
            check_value(
                Tile {
                    reps: reps.to_vec(),
                },
                &[&counting(&[1, 2])],
                shape,
                expected,
            );
        }
        check(&[], &[1, 2], &[0.0, 1.0]);
        check(&[2], &[1, 4], &[0.0, 1.0, 0.0, 1.0]);
        check(&[2, 1], &[2, 2], &[0.0, 1.0, 0.0, 1.0]);
        check(&[2, 1, 1], &[2, 1, 2], &[0.0, 1.0, 0.0, 1.0]);
        check(&[0, 3], &[0, 6], &[]);
        check_value(
            Tile { reps: vec![2, 2] },
            &[&counting(&[])],
            &[2, 2],
            &[0.0; 4],
        );
        check_error(
            Tile {
                reps: vec![usize::MAX],
            },
            &[&counting(&[2])],
            "memory",
        );
        check_error(
            Tile {
                reps: vec![1 << 40, 1 << 40],
            },
            &[&counting(&[])],
            "memory",
        );
        // the sizes beside a 0 have no product that memory could count
        check_value(
            Tile {
                reps: vec![0, 1 << 30],
            },
            &[&Tensor::zeros([1 << 30, 1 << 28])],
            &[0, 1 << 58],
            &[],
        );
    }

    #[test]
    fn repeats() {
        let x = counting(&[2, 2]);
        check_value(
            Repeat {
                repeats: 2,
                axis: 1,
            },
            &[&x],
            &[2, 4],
            &[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0],
        );
        check_value(
            Repeat {
                repeats: 2,
                axis: -2,
            },
            &[&x],
            &[4, 2],
            &[0.0, 1.0, 0.0, 1.0, 2.0, 3.0, 2.0, 3.0],
        );
        check_value(
            Repeat {
                repeats: 0,
                axis: 0,
            },
            &[&x],
            &[0, 2],
            &[],
        );
        check_error(
            Repeat {
                repeats: usize::MAX,
                axis: 0,
            },
            &[&x],
            "memory",
        );
        check_error(
            Repeat {
                repeats: 1 << 60,
                axis: 0,
            },
            &[&x],
            "memory",
        );
        check_error(
            Repeat {
                repeats: 1,
                axis: 0,
            },
            &[&counting(&[])],
            "0-d",
        );
    }
}
