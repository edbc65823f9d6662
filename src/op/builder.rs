//! Derivative rules speak in handles to a [`Builder`], and so are written and compiled once.
//!
//! The eager builder computes at once; the tape and the graph record. A rule cannot tell which one it is talking to, which
//! is why the derivative of any order needs no second rule. A rule hands out shares of the cotangent and nothing more:
//! adding them up, and undoing broadcasting, belong to the sweep.

use super::pointwise::{Pointwise, Row};
use super::sym::{Operand, Sym};
use super::{BroadcastTo, MatMul, Op, Reshape, Sum, Transpose};
use crate::tensor::{Shape, Tensor};
use smallvec::SmallVec;

/// A value inside a [`Builder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub u32);

impl Id {
    /// As a place in a list of values.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where values are computed or recorded.
///
/// Its methods take `&self`, so that calls nest as formulas do.
pub trait Builder {
    /// Tells that the rule of a node runs next. Nothing depends on it but what watches rules at work.
    fn enter(&self, _node: Id) {}

    /// Tells that what is summed and accumulated next is the share of this operand of the node. Nothing depends on it either.
    fn hand(&self, _operand: usize) {}

    /// Tells that a value is needed until it is released as often as it was held.
    fn hold(&self, _value: Id) {}

    /// Takes one [`Builder::hold`] back.
    fn release(&self, _value: Id) {}

    /// Tells that of all that was computed, only what is held is needed. A builder that records keeps everything.
    fn settle(&self) {}

    /// `op` of `args`, whose shapes and domains are right by the rule that asks.
    fn apply(&self, op: Op, args: &[Id]) -> Id;

    /// The shape of a value.
    fn shape(&self, id: Id) -> Shape;

    /// A constant tensor.
    fn literal(&self, value: Tensor<f64>) -> Id;

    /// The share of the cotangent `ct` of `y = f(args)` that falls to operand `i`, before any broadcasting is undone;
    /// none where the derivative is zero everywhere. A builder that records calls [`record_pull`].
    fn pull(&self, f: &Pointwise, i: usize, args: &[Id], y: Id, ct: Id) -> Option<Id>;

    /// `value` summed back to the shape from which it was broadcast. A builder that records calls [`record_sum_to`].
    fn sum_to(&self, value: Id, shape: &Shape) -> Id;

    /// `total + share`. If the total is `owned`, nobody asks for it again and its room may be reused.
    fn accumulate(&self, total: Id, share: Id, owned: bool) -> Id;
}

/// The recording form of [`Builder::pull`]: the row's own formula, written in operations.
pub fn record_pull(
    b: &dyn Builder,
    f: &Pointwise,
    i: usize,
    args: &[Id],
    y: Id,
    ct: Id,
) -> Option<Id> {
    let operands: SmallVec<[Sym<'_>; 3]> = args.iter().map(|&id| Sym::node(b, id)).collect();
    match f.partial(i, &operands, Sym::node(b, y)).operand() {
        Operand::Constant(0.0) => None,
        Operand::Constant(1.0) => Some(ct),
        Operand::Constant(c) => Some(b.scale(ct, c)),
        Operand::Node(partial) => Some(b.strong_mul(ct, partial)),
    }
}

/// The recording form of [`Builder::sum_to`].
pub fn record_sum_to(b: &dyn Builder, value: Id, shape: &Shape) -> Id {
    let from = b.shape(value);
    if from == *shape {
        return value;
    }
    let new = from.rank() - shape.rank();
    let repeated = |axis: usize| axis < new || (shape[axis - new] == 1 && from[axis] != 1);
    let axes: Vec<i64> = (0..from.rank())
        .filter(|&axis| repeated(axis))
        .map(|axis| axis as i64)
        .collect();
    b.reshape(b.sum(value, Some(axes), true), shape)
}

/// The methods of a [`Builder`] that records: derivative shares as operations, like everything else.
macro_rules! recording_methods {
    () => {
        fn pull(
            &self,
            f: &$crate::op::Pointwise,
            i: usize,
            args: &[$crate::op::Id],
            y: $crate::op::Id,
            ct: $crate::op::Id,
        ) -> Option<$crate::op::Id> {
            $crate::op::builder::record_pull(self, f, i, args, y, ct)
        }

        fn sum_to(&self, value: $crate::op::Id, shape: &$crate::tensor::Shape) -> $crate::op::Id {
            $crate::op::builder::record_sum_to(self, value, shape)
        }

        fn accumulate(
            &self,
            total: $crate::op::Id,
            share: $crate::op::Id,
            _owned: bool,
        ) -> $crate::op::Id {
            self.apply(
                $crate::op::Op::pointwise($crate::op::Row::Add),
                &[total, share],
            )
        }
    };
}
pub(crate) use recording_methods;

/// One use of an operation, as its rule sees it.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The operands.
    pub args: &'a [Id],
    /// The result.
    pub y: Id,
    /// For each operand, whether anybody wants its share.
    pub wanted: &'a [bool],
}

/// What a rule hands out: operand and share, several shares for one operand if it likes.
pub type Shares = SmallVec<[(usize, Id); 2]>;

/// The one share of an operation whose only differentiable operand is its first.
pub(crate) fn share(id: Id) -> Shares {
    smallvec::smallvec![(0, id)]
}

/// The operations that rules are written with, named as in the table.
#[allow(missing_docs)]
impl<'d> dyn Builder + 'd {
    pub fn pointwise(&self, row: Row, args: &[Id]) -> Id {
        self.apply(Op::pointwise(row), args)
    }
    pub fn add(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::Add, &[a, b])
    }
    pub fn sub(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::Sub, &[a, b])
    }
    pub fn mul(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::Mul, &[a, b])
    }
    pub fn div(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::Div, &[a, b])
    }
    pub fn neg(&self, a: Id) -> Id {
        self.pointwise(Row::Neg, &[a])
    }
    pub fn exp(&self, a: Id) -> Id {
        self.pointwise(Row::Exp, &[a])
    }
    pub fn strong_mul(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::StrongMul, &[a, b])
    }
    pub fn eq(&self, a: Id, b: Id) -> Id {
        self.pointwise(Row::Eq, &[a, b])
    }
    pub fn select(&self, condition: Id, yes: Id, no: Id) -> Id {
        self.pointwise(Row::Where, &[condition, yes, no])
    }
    pub fn constant(&self, x: f64) -> Id {
        self.literal(Tensor::scalar(x))
    }
    pub fn scale(&self, a: Id, factor: f64) -> Id {
        self.mul(a, self.constant(factor))
    }
    pub fn zeros(&self, shape: &Shape) -> Id {
        self.literal(Tensor::zeros(shape))
    }
    pub fn sum(&self, x: Id, axes: Option<Vec<i64>>, keepdims: bool) -> Id {
        self.apply(Sum { axes, keepdims }.into(), &[x])
    }
    pub fn reshape(&self, x: Id, shape: &Shape) -> Id {
        if self.shape(x) == *shape {
            return x;
        }
        self.apply(
            Reshape {
                shape: shape.to_signed(),
            }
            .into(),
            &[x],
        )
    }
    pub fn broadcast_to(&self, x: Id, shape: &Shape) -> Id {
        if self.shape(x) == *shape {
            return x;
        }
        self.apply(
            BroadcastTo {
                shape: shape.to_signed(),
            }
            .into(),
            &[x],
        )
    }
    pub fn transpose(&self, x: Id, perm: Vec<i64>) -> Id {
        self.apply(Transpose { perm: Some(perm) }.into(), &[x])
    }
    /// The last two axes exchanged.
    pub fn matrix_transpose(&self, x: Id) -> Id {
        let rank = self.shape(x).rank();
        let mut perm: Vec<i64> = (0..rank as i64).collect();
        perm.swap(rank - 1, rank - 2);
        self.transpose(x, perm)
    }
    pub fn matmul(&self, a: Id, b: Id) -> Id {
        self.apply(MatMul {}.into(), &[a, b])
    }
    /// A reduction's result or cotangent, spread again over the axes (ascending) that were reduced.
    pub fn spread(&self, reduced: Id, over: &Shape, axes: &[usize]) -> Id {
        self.broadcast_to(self.reshape(reduced, &over.reduced(axes, true)), over)
    }
}
