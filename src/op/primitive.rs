//! Structural operations: one struct each, which holds its attributes and knows everything about itself.

use super::attr::{Attr, AttrSpec};
use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn};
use super::pointwise::{Interval, REAL};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor};
use std::fmt;

/// Data that an operation cannot take, though the shapes are right: an index out of range, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainError(pub String);

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DomainError {}

/// How an operation depends on its differentiable operands: what forward mode can do without a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linearity {
    /// Linear in all of them together: the tangent of the result is the operation of the tangents.
    Linear,
    /// Linear in each of two: the tangent is the sum of two applications.
    Bilinear,
    /// Neither: the tangent follows from the vector-Jacobian product, which is linear in its cotangent.
    General,
}

/// Where the numbers of an operand are meant to lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// Each of them in an interval.
    Interval(Interval),
    /// Those of each matrix in the last two axes such that its symmetric part is positive definite.
    Definite,
    /// Integers from minus this number to one less than it.
    Index(usize),
}

/// The facts that the table of structural operations holds.
pub trait Signature: Clone + PartialEq + fmt::Debug + Into<super::Op> {
    /// The name in files and of the methods.
    const NAME: &'static str;
    /// One sentence, and the convention where the derivative is a choice.
    const DOC: &'static str;
    /// The operands' names; a last one that ends in `..` stands for one or more.
    const OPERANDS: &'static [&'static str];
    /// The attributes.
    fn specs() -> Vec<AttrSpec>;
    /// The values of the attributes, in the order of the specifications.
    fn attrs(&self) -> Vec<Attr>;
    /// The operation with the given attributes.
    fn from_attrs(given: &[(String, Attr)]) -> Result<Self, String>;
}

/// A structural operation. What is missing here does not compile.
pub trait Primitive: Signature {
    /// Where the operation is not smooth, in words: what [`Primitive::smooth`] measures the distance from. Empty where it is
    /// smooth everywhere.
    const KINKS: &'static str = "";

    /// The shape of the result, or why there is none. All that can be wrong with shapes and attributes is found here.
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError>;

    /// The value, of the shape that [`Primitive::shape`] gave.
    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError>;

    /// The shares of the cotangent `ct` that fall to the operands. Broadcasting is not undone here.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares;

    /// How the operation depends on its differentiable operands.
    fn linearity(&self) -> Linearity {
        Linearity::General
    }

    /// Whether gradient flows to this operand at all: not to indices, nor through `stop_gradient`.
    fn carries(&self, _operand: usize) -> bool {
        true
    }

    /// Whether this operand holds integers that select.
    fn is_index(&self, _operand: usize) -> bool {
        false
    }

    /// How far an element of the operands may move before they meet a point where the operation is not smooth.
    fn smooth(&self, _args: &[&Tensor<f64>]) -> f64 {
        f64::INFINITY
    }

    /// Whether the derivative is a documented choice where the operation is not smooth. If not, there is none: the value
    /// itself may not exist, or jump.
    fn chooses(&self) -> bool {
        true
    }

    /// Whether more than two smooth pieces may meet at one point, so that the derivative chosen there need not lie between
    /// those from both sides: three equal elements have six orders.
    fn is_many_sided(&self) -> bool {
        false
    }

    /// Where the numbers of this operand are meant to lie.
    fn domain(&self, _operand: usize) -> Domain {
        Domain::Interval(REAL)
    }

    /// A shape that a first operand can have, where few can: what a generator makes if it has none that suits.
    fn first(_: &mut Choices<'_>) -> Option<Shape> {
        None
    }

    /// An operation of this kind whose first operand has the shape `x`, and what its other operands must be.
    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>>;
}
