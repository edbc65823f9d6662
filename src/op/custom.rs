//! Operations of the user's own, which tape, checker and fuzzer take like any other.

use super::builder::{Builder, Id, Shares, Site, recording_methods};
use super::{DomainError, Eager, Op};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// An operation that a user defines.
///
/// The value is written in handles, like a derivative rule, so that it can be computed in every number (the oracle
/// evaluates it in double-double arithmetic) and recorded.
///
/// ```
/// use secant::op::{Builder, CustomOp, Id, Row, Shares, Site};
/// use secant::tensor::{Shape, ShapeError};
///
/// /// x sin(x), with a derivative by hand.
/// struct XSin;
/// impl CustomOp for XSin {
///     fn name(&self) -> &str { "x_sin" }
///     fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
///         b.mul(args[0], b.pointwise(Row::Sin, &[args[0]]))
///     }
///     fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
///         let (sin, cos) = (b.pointwise(Row::Sin, at.args), b.pointwise(Row::Cos, at.args));
///         let slope = b.add(sin, b.mul(at.args[0], cos));
///         Shares::from_elem((0, b.mul(ct, slope)), 1)
///     }
/// }
/// ```
pub trait CustomOp: Any + Send + Sync {
    /// The name in files.
    fn name(&self) -> &str;

    /// How many operands it takes.
    fn operands(&self) -> usize {
        1
    }

    /// The shape of the result; by default that to which the operands broadcast.
    ///
    /// # Errors
    /// If the operation does not take operands of these shapes.
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        args[1..]
            .iter()
            .try_fold(args[0].clone(), |shape, arg| shape.broadcast(arg))
    }

    /// The value, in operations.
    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id;

    /// The shares of the cotangent `ct`, as operand and share; broadcasting is undone by the sweep.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares;

    /// How far an element of the operands may move before they meet a point where the operation is not smooth.
    fn smooth(&self, _args: &[&Tensor<f64>]) -> f64 {
        f64::INFINITY
    }
}

/// A user's operation inside a program.
#[derive(Clone)]
pub struct Custom(pub Arc<dyn CustomOp>);

impl Custom {
    /// The name in files.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    pub(super) fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if args.len() != self.0.operands() {
            return Err(ShapeError(format!(
                "{} takes {} operands, found {}",
                self.name(),
                self.0.operands(),
                args.len()
            )));
        }
        self.0.shape(args)
    }

    pub(super) fn eval<T: Real>(&self, args: &[&Tensor<T>]) -> Result<Tensor<T>, DomainError> {
        let given: Vec<Tensor<T>> = args.iter().map(|&x| x.clone()).collect();
        let eager = Eager::new(&given);
        let ids: Vec<Id> = (0..args.len() as u32).map(Id).collect();
        let y = self.0.value(&Forward(&eager), &ids);
        Ok(eager.get(y))
    }

    pub(super) fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        self.0.vjp(b, at, ct)
    }

    pub(super) fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        self.0.smooth(args)
    }
}

/// Computes values only. A value that asks for derivatives gets them, by the recording forms: the eager sweep's fast
/// paths need not be compiled for every number that a value can be computed in.
struct Forward<'e, 'a, T>(&'e Eager<'a, T>);

impl<T: Real> Builder for Forward<'_, '_, T> {
    fn hold(&self, value: Id) {
        self.0.hold(value);
    }

    fn release(&self, value: Id) {
        self.0.release(value);
    }

    fn settle(&self) {
        self.0.settle();
    }

    fn apply(&self, op: Op, args: &[Id]) -> Id {
        self.0.apply(op, args)
    }

    fn shape(&self, id: Id) -> Shape {
        self.0.shape(id)
    }

    fn literal(&self, value: Tensor<f64>) -> Id {
        self.0.literal(value)
    }

    recording_methods!();
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custom({})", self.name())
    }
}
