//! Products of two tensors that are sums of products: inner products over chosen axes, Kronecker and cross products.

use super::attr::{Attr, Attribute};
use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request};
use super::contraction::{ALPHABET, Contraction};
use super::primitive::{DomainError, Linearity, Primitive, Signature};
use super::{Cross, Inner, Kron, TensorDot};
use crate::number::Real;
use crate::tensor::{Range, Shape, ShapeError, Tensor, shape_error};

/// Which axes of two tensors are summed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// So many last axes of the first with as many first axes of the second, in order.
    Count(usize),
    /// Axes of the first, and those of the second that they go with.
    Axes(Vec<i64>, Vec<i64>),
}

impl Attribute for Pairs {
    const EXPECTED: &'static str = "a non-negative integer, or two lists of axes";
    fn read(attr: &Attr) -> Option<Self> {
        let Attr::List(lists) = attr else {
            return usize::read(attr).map(Pairs::Count);
        };
        let axes = |attr: &Attr| match attr {
            Attr::Number(_) => i64::read(attr).map(|axis| vec![axis]),
            _ => Vec::<i64>::read(attr),
        };
        match &lists[..] {
            [a, b] => Some(Pairs::Axes(axes(a)?, axes(b)?)),
            _ => None,
        }
    }
    fn write(&self) -> Attr {
        match self {
            Pairs::Count(n) => n.write(),
            Pairs::Axes(a, b) => Attr::List(vec![a.write(), b.write()]),
        }
    }
}

/// The contraction of axis `a` of the first operand with axis `b` of the second, for each of the pairs.
fn paired(op: &str, args: &[&Shape], pairs: &[(usize, usize)]) -> Result<Contraction, ShapeError> {
    let (a, b) = (args[0], args[1]);
    if let Some(&(i, j)) = pairs.iter().find(|&&(i, j)| a[i] != b[j]) {
        return shape_error!(
            "{op} of shapes {a} and {b}: axis {i} of the first has size {}, axis {j} of the second {}",
            a[i],
            b[j]
        );
    }
    let letters = letters(op, args)?;
    let (left, mut right) = (letters[..a.rank()].to_vec(), letters[a.rank()..].to_vec());
    for &(i, j) in pairs {
        right[j] = left[i];
    }
    let result = left.iter().filter(|l| !right.contains(l));
    let result = result.chain(right.iter().filter(|l| !left.contains(l)));
    Ok(Contraction {
        result: result.copied().collect(),
        operands: vec![left, right],
        shapes: vec![a.clone(), b.clone()],
    })
}

/// A letter for each axis of the operands.
fn letters(op: &str, args: &[&Shape]) -> Result<Vec<u8>, ShapeError> {
    let count = args[0].rank() + args[1].rank();
    match ALPHABET.get(..count) {
        Some(letters) => Ok(letters.to_vec()),
        None => shape_error!(
            "{op} of ranks {} and {}: more than {} axes in all",
            args[0].rank(),
            args[1].rank(),
            ALPHABET.len()
        ),
    }
}

impl Inner {
    fn contraction(&self, args: &[&Shape]) -> Result<Contraction, ShapeError> {
        let last = |shape: &Shape| shape.rank().checked_sub(1);
        let pair = last(args[0]).zip(last(args[1]));
        paired("inner", args, pair.as_slice())
    }
}

impl TensorDot {
    fn contraction(&self, args: &[&Shape]) -> Result<Contraction, ShapeError> {
        let (a, b) = (args[0], args[1]);
        let pairs: Vec<(usize, usize)> = match &self.axes {
            Pairs::Count(n) => {
                let Some(first) = a.rank().checked_sub(*n).filter(|_| *n <= b.rank()) else {
                    return shape_error!(
                        "tensordot over {n} axes of tensors of shapes {a} and {b}: one has fewer"
                    );
                };
                (0..*n).map(|k| (first + k, k)).collect()
            }
            Pairs::Axes(i, j) => {
                if i.len() != j.len() {
                    return shape_error!(
                        "tensordot pairs {} axes of the first tensor with {} of the second",
                        i.len(),
                        j.len()
                    );
                }
                // each axis once
                a.axes(Some(i))?;
                b.axes(Some(j))?;
                let pair = |(&i, &j): (&i64, &i64)| Ok((a.axis(i)?, b.axis(j)?));
                i.iter()
                    .zip(j)
                    .map(pair)
                    .collect::<Result<_, ShapeError>>()?
            }
        };
        paired("tensordot", args, &pairs)
    }
}

impl Kron {
    /// The products of all elements: each axis of `a` before the axis of `b` with which it will be one.
    fn contraction(&self, args: &[&Shape]) -> Result<Contraction, ShapeError> {
        let letters = letters("kron", args)?;
        let (left, right) = letters.split_at(args[0].rank());
        let rank = left.len().max(right.len());
        let own = |letters: &[u8], axis: usize| {
            let place = (axis + letters.len()).checked_sub(rank)?;
            letters.get(place).copied()
        };
        Ok(Contraction {
            result: (0..rank)
                .flat_map(|axis| [own(left, axis), own(right, axis)])
                .flatten()
                .collect(),
            operands: vec![left.to_vec(), right.to_vec()],
            shapes: args.iter().map(|&shape| shape.clone()).collect(),
        })
    }
}

macro_rules! contractions {
    ($($Name:ident: $shape:expr, $draw:expr;)+) => {$(
        impl Primitive for $Name {
            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                let contraction = self.contraction(args)?;
                contraction.check_memory(Self::NAME)?;
                let shape = contraction.shape();
                let of: fn(&[&Shape], Shape) -> Result<Shape, ShapeError> = $shape;
                of(args, shape)
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                let contraction = self.contraction(&[args[0].shape(), args[1].shape()]);
                Ok(contraction.expect("the shape rule checked it").eval(args, shape))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                let contraction = self.contraction(&[&b.shape(at.args[0]), &b.shape(at.args[1])]);
                let contraction = contraction.expect("the shape rule checked it");
                let ct = b.reshape(ct, &contraction.shape());
                contraction.vjp(b, at, ct)
            }

            fn linearity(&self) -> Linearity {
                Linearity::Bilinear
            }

            fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                let draw: fn(&mut Choices<'_>, &Shape) -> Option<(Self, Shape)> = $draw;
                let (op, other) = draw(from, x)?;
                Drawn::with(op, [Request::Tensor(other)])
            }
        }
    )+};
}
contractions! {
    Inner: |_, shape| Ok(shape), draw_inner;
    TensorDot: |_, shape| Ok(shape), draw_tensordot;
    Kron: kron_shape, draw_kron;
}

/// The product of the sizes of axes that are one, aligned at the last.
fn kron_shape(args: &[&Shape], _: Shape) -> Result<Shape, ShapeError> {
    let rank = args[0].rank().max(args[1].rank());
    let size = |shape: &Shape, axis: usize| {
        let own = (axis + shape.rank()).checked_sub(rank);
        own.map_or(1, |own| shape[own])
    };
    let sizes = (0..rank).map(|axis| size(args[0], axis).checked_mul(size(args[1], axis)));
    match sizes.collect::<Option<Vec<usize>>>() {
        Some(sizes) => Ok(sizes.into()),
        None => shape_error!(
            "kron of shapes {} and {} is larger than memory can address",
            args[0],
            args[1]
        ),
    }
}

fn draw_inner(from: &mut Choices<'_>, x: &Shape) -> Option<(Inner, Shape)> {
    let rank = from.below(3);
    let mut other: Vec<usize> = (0..rank).map(|_| 1 + from.below(3)).collect();
    if let (Some(last), Some(&n)) = (other.last_mut(), x.last()) {
        *last = n;
    }
    Some((Inner {}, other.into()))
}

fn draw_tensordot(from: &mut Choices<'_>, x: &Shape) -> Option<(TensorDot, Shape)> {
    let count = from.below(x.rank().min(3) + 1);
    let mut free: Vec<usize> = (0..from.below(3)).map(|_| 1 + from.below(3)).collect();
    if from.chance(0.4) {
        // the last axes with the first ones
        let shared = x[x.rank() - count..].iter().copied();
        let axes = Pairs::Count(count);
        return Some((TensorDot { axes }, shared.chain(free).collect()));
    }
    let negative = |from: &mut Choices<'_>, axis: usize, rank: usize| {
        axis as i64 - if from.chance(0.4) { rank as i64 } else { 0 }
    };
    let own = from.permutation(x.rank());
    let own = &own[..count];
    // the shared axes come to places anywhere among the others
    let rank = free.len() + count;
    let places = from.permutation(rank);
    let places = &places[..count];
    let mut other = vec![0; rank];
    for (axis, size) in other.iter_mut().enumerate() {
        let shared = places.iter().position(|&place| place == axis);
        *size = match shared {
            Some(k) => x[own[k]],
            None => free.pop().unwrap_or(1),
        };
    }
    let axes = Pairs::Axes(
        own.iter().map(|&a| negative(from, a, x.rank())).collect(),
        places.iter().map(|&a| negative(from, a, rank)).collect(),
    );
    Some((TensorDot { axes }, other.into()))
}

fn draw_kron(from: &mut Choices<'_>, x: &Shape) -> Option<(Kron, Shape)> {
    let mut room = 48 / x.count().max(1);
    let rank = from.below(4);
    let size = |from: &mut Choices<'_>| {
        let n = if from.chance(0.03) {
            0
        } else {
            1 + from.below(room.clamp(1, 3))
        };
        room /= n.max(1);
        n
    };
    let mut size = size;
    Some((Kron {}, (0..rank).map(|_| size(from)).collect()))
}

impl Cross {
    /// The shape of the result, and the axis of the vectors.
    fn frame(&self, a: &Shape, b: &Shape) -> Result<(Shape, usize), ShapeError> {
        let shape = a
            .broadcast(b)
            .map_err(|e| ShapeError(format!("cross: {e}")))?;
        let axis = shape.axis(self.axis)?;
        for x in [a, b] {
            let own = (axis + x.rank()).checked_sub(shape.rank());
            if own.map_or(1, |own| x[own]) != 3 {
                return shape_error!(
                    "cross of shapes {a} and {b} along axis {axis} of {shape}: both have size 3 there"
                );
            }
        }
        Ok((shape, axis))
    }
}

impl Primitive for Cross {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(self.frame(args[0], args[1])?.0)
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let axis = shape
            .axis(self.axis)
            .expect("the shape rule checked the axis");
        let [a, b] = [args[0], args[1]].map(|x| x.broadcast_to(shape).expect("checked shapes"));
        let part = |x: &Tensor<T>, place: usize| {
            let range = Range {
                first: place % 3,
                step: 1,
                count: 1,
            };
            x.narrow(axis, range)
        };
        let parts = [0, 1, 2].map(|k| {
            let factors = [
                part(&a, k + 1),
                part(&b, k + 2),
                part(&a, k + 2),
                part(&b, k + 1),
            ];
            Tensor::zip_all(&factors.each_ref(), &shape.with(axis, 1), |x| {
                x[0] * x[1] - x[2] * x[3]
            })
        });
        Ok(Tensor::concat(&parts.each_ref(), axis))
    }

    /// <ct, a x b> = <a, b x ct> = <b, ct x a>.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let cross = |left: Id, right: Id| b.apply(self.clone().into(), &[left, right]);
        let mut shares = Shares::new();
        if at.wanted[0] {
            shares.push((0, cross(at.args[1], ct)));
        }
        if at.wanted[1] {
            shares.push((1, cross(ct, at.args[0])));
        }
        shares
    }

    fn linearity(&self) -> Linearity {
        Linearity::Bilinear
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        let shapes: [&[usize]; 6] = [&[3], &[2, 3], &[3, 2], &[1, 3], &[2, 3, 2], &[3, 1, 3]];
        Some((*from.pick(&shapes)).into())
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let threes: Vec<usize> = (0..x.rank()).filter(|&axis| x[axis] == 3).collect();
        if threes.is_empty() {
            return None;
        }
        let place = *from.pick(&threes);
        let mut other = x.to_vec();
        for (axis, n) in other.iter_mut().enumerate() {
            if axis != place && from.chance(0.3) {
                *n = if *n == 1 { 1 + from.below(2) } else { 1 };
            }
        }
        // leading axes: fewer, as many, or more
        let mut axis = place as i64 - x.rank() as i64;
        match from.below(6) {
            0 => drop(other.drain(..from.below(place + 1))),
            1 => other.insert(0, 1 + from.below(2)),
            _ => {}
        }
        if from.chance(0.4) {
            axis += other.len().max(x.rank()) as i64;
        }
        Drawn::with(Self { axis }, [Request::Tensor(other.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::*;
    use super::*;
    use crate::op::Kind;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Inner);
        all_derivatives_agree(Kind::TensorDot);
        all_derivatives_agree(Kind::Kron);
        all_derivatives_agree(Kind::Cross);
    }

    fn modular(shape: &[usize], modulus: usize, shift: f64) -> Tensor<f64> {
        Tensor::from_fn(shape, |k| (k % modulus) as f64 + shift)
    }

    /// Expected values by NumPy.
    #[test]
    fn values() {
        let a = || modular(&[2, 3, 2], 7, -3.0);
        let b = || modular(&[3, 2, 2], 5, 0.0);
        let lists = |i: &[i64], j: &[i64]| TensorDot {
            axes: Pairs::Axes(i.to_vec(), j.to_vec()),
        };
        let count = |n| TensorDot {
            axes: Pairs::Count(n),
        };
        check(
            lists(&[1, 0], &[0, 1]),
            &[a(), b()],
            [[3.0, 6.0], [-1.0, -4.0]].into(),
        );
        check(
            lists(&[-2, -3], &[-3, -2]),
            &[a(), b()],
            [[3.0, 6.0], [-1.0, -4.0]].into(),
        );
        check(count(2), &[a(), b()], [[-5.0, -3.0], [-15.0, -7.0]].into());
        check(
            count(0),
            &[[1.0, 2.0].into(), [3.0, 4.0, 5.0].into()],
            [[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]].into(),
        );
        check(lists(&[], &[]), &[2.0.into(), 3.0.into()], 6.0.into());
        check(
            Inner {},
            &[a(), [[1.0, 2.0], [3.0, -1.0]].into()],
            [
                [[-7.0, -7.0], [-1.0, -3.0], [5.0, 1.0]],
                [[-3.0, 12.0], [-4.0, -5.0], [2.0, -1.0]],
            ]
            .into(),
        );
        check(
            Inner {},
            &[2.0.into(), [1.0, 2.0].into()],
            [2.0, 4.0].into(),
        );
        check(
            Kron {},
            &[[[1.0, 2.0], [3.0, 4.0]].into(), [[0.0, 5.0]].into()],
            [[0.0, 5.0, 0.0, 10.0], [0.0, 15.0, 0.0, 20.0]].into(),
        );
        // ranks 1 and 3
        check(
            Kron {},
            &[[1.0, 2.0].into(), [[[1.0, 2.0]], [[1.0, 2.0]]].into()],
            [[[1.0, 2.0, 2.0, 4.0]], [[1.0, 2.0, 2.0, 4.0]]].into(),
        );
        check(Kron {}, &[3.0.into(), [1.0, 2.0].into()], [3.0, 6.0].into());
        check(
            Cross { axis: -1 },
            &[
                [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].into(),
                [7.0, 8.0, 10.0].into(),
            ],
            [[-4.0, 11.0, -6.0], [2.0, 2.0, -3.0]].into(),
        );
        check(
            Cross { axis: 0 },
            &[
                modular(&[3, 2], 9, 0.0),
                [[16.0, 25.0], [4.0, 9.0], [0.0, 1.0]].into(),
            ],
            [[-16.0, -42.0], [64.0, 124.0], [-32.0, -66.0]].into(),
        );
    }

    #[test]
    fn attributes_of_tensordot() {
        let read = |attr: &Attr| Pairs::read(attr);
        let number = |x: f64| Attr::Number(x);
        let list = |items: &[f64]| Attr::List(items.iter().map(|&x| Attr::Number(x)).collect());
        assert_eq!(read(&number(1.0)), Some(Pairs::Count(1)));
        assert_eq!(read(&number(-1.0)), None);
        assert_eq!(
            read(&list(&[1.0, 0.0])),
            Some(Pairs::Axes(vec![1], vec![0]))
        );
        let lists = Attr::List(vec![list(&[0.0, -1.0]), list(&[1.0, 2.0])]);
        assert_eq!(read(&lists), Some(Pairs::Axes(vec![0, -1], vec![1, 2])));
        assert_eq!(read(&Attr::List(vec![list(&[0.0])])), None);
        assert_eq!(read(&Attr::None), None);
    }

    #[test]
    fn refused() {
        let lists = |i: &[i64], j: &[i64]| TensorDot {
            axes: Pairs::Axes(i.to_vec(), j.to_vec()),
        };
        let count = |n| TensorDot {
            axes: Pairs::Count(n),
        };
        let words = "axis 1 of the first has size 3, axis 0 of the second 2";
        check_refused(count(1), &[&[2, 3], &[2, 3]], words);
        check_refused(
            count(1),
            &[&[2, 1], &[3, 3]],
            "has size 1, axis 0 of the second 3",
        );
        check_refused(count(2), &[&[2, 3], &[2]], "over 2 axes");
        check_refused(count(usize::MAX), &[&[2, 3], &[2]], "one has fewer");
        check_refused(
            lists(&[0], &[0, 1]),
            &[&[2, 3], &[2, 3]],
            "pairs 1 axes of the first tensor with 2",
        );
        check_refused(lists(&[2], &[0]), &[&[2, 3], &[2, 3]], "does not exist");
        check_refused(lists(&[0, -2], &[0, 1]), &[&[2, 3], &[2, 3]], "named twice");
        check_refused(lists(&[i64::MIN], &[0]), &[&[2], &[2]], "does not exist");
        check_refused(
            Inner {},
            &[&[2, 3], &[2]],
            "inner of shapes [2, 3] and [2]: axis 1 of the first",
        );
        check_refused(Kron {}, &[&[1 << 40], &[1 << 40]], "memory");
        check_refused(Kron {}, &[&[1; 30], &[1; 30]], "more than 52 axes in all");
        check_refused(
            Cross { axis: -1 },
            &[&[3, 2], &[3, 2]],
            "along axis 1 of [3, 2]: both have size 3",
        );
        check_refused(Cross { axis: -1 }, &[&[3], &[2, 1]], "both have size 3");
        check_refused(Cross { axis: -1 }, &[&[3], &[4]], "do not broadcast");
        check_refused(Cross { axis: 1 }, &[&[3], &[3]], "does not exist");
        check_refused(Cross { axis: 0 }, &[&[3, 2], &[2]], "both have size 3");
    }
}
