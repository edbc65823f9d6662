//! The table of operations.
//!
//! Every operation is defined once, in one place: name, doc, shape rule, value, derivative rule, where it is smooth, how a
//! generator draws it. A pointwise operation is one row of `table.rs`; a structural one is one declaration in
//! `structural.rs`, and the [`Primitive`] implementation of the struct that the declaration makes. Files, methods, `secant ops`, the generator, the
//! exporters and the tests run over [`Op`] and [`Kind::all`]; none of them has a list of its own.
//!
//! Nothing here knows graphs, tapes or engines.

mod attention;
pub mod attr;
pub mod builder;
#[cfg(test)]
mod check;
pub mod choices;
mod contraction;
mod conv;
mod custom;
mod diagonals;
mod eager;
mod einsum;
mod extremes;
mod im2col;
mod index;
mod join;
mod layout;
mod linalg;
mod neural;
mod norms;
mod pad;
pub mod pointwise;
mod pool;
pub mod primitive;
mod product;
mod reduce;
mod scan;
mod scatter;
mod segment;
mod slice;
mod sort;
mod spatial;
mod statistics;
mod structural;
pub mod sym;
pub(crate) mod table;
mod tensordot;
#[cfg(test)]
mod testing;
mod upsample;

pub use attr::{Attr, AttrSpec, PerAxis};
pub use builder::{Builder, Id, Shares, Site};
pub use choices::{Choices, Drawn, Request, splitmix64};
pub use custom::{Custom, CustomOp};
pub use eager::Eager;
pub use extremes::Between;
pub use neural::Reduction;
pub use pad::PadMode;
pub use pointwise::{Pointwise, Row};
pub use primitive::{Domain, DomainError, Linearity, Primitive, Signature};
pub use structural::*;
pub use tensordot::Pairs;

use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// What a leaf of a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// A tensor that the program is differentiated by.
    Param,
    /// A tensor that is part of the program.
    Const,
    /// Integers that are part of the program.
    Index,
}

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])+
        $Name:ident $name:ident($($x:ident $([$dots:tt])?),+ $(; $($attr:ident: $T:ty $(= $default:expr)?),+)?);
    )+) => {
        /// An operation with its attributes.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)]
        pub enum Op {
            /// No operation: a leaf of the program.
            Input(Input),
            /// A row of the pointwise table.
            Pointwise(Pointwise),
            /// An operation of the user's.
            Custom(Custom),
            $($Name($Name)),+
        }

        /// An operation without its attributes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Kind {
            /// A row of the pointwise table.
            Pointwise(Row),
            $($Name),+
        }

        impl Kind {
            /// All built-in operations.
            pub fn all() -> impl Iterator<Item = Kind> {
                let structural = [$(Kind::$Name),+];
                Row::ALL.iter().map(|&row| Kind::Pointwise(row)).chain(structural)
            }

            /// The name in files.
            pub fn name(self) -> &'static str {
                match self {
                    Kind::Pointwise(row) => row.info().name,
                    $(Kind::$Name => $Name::NAME),+
                }
            }

            /// One sentence, and the convention where the derivative is a choice.
            pub fn doc(self) -> &'static str {
                match self {
                    Kind::Pointwise(row) => row.info().doc,
                    $(Kind::$Name => $Name::DOC),+
                }
            }

            /// Where it is not smooth beside the borders of its domain; empty if nowhere.
            pub fn kinks(self) -> String {
                match self {
                    Kind::Pointwise(row) => row.kinks(),
                    $(Kind::$Name => <$Name as Primitive>::KINKS.into()),+
                }
            }

            /// The operands' names; a last one that ends in `..` stands for one or more.
            pub fn operands(self) -> &'static [&'static str] {
                match self {
                    Kind::Pointwise(row) => row.info().operands,
                    $(Kind::$Name => $Name::OPERANDS),+
                }
            }

            /// The attributes.
            pub fn specs(self) -> Vec<AttrSpec> {
                match self {
                    Kind::Pointwise(row) => Pointwise::attr_specs(row),
                    $(Kind::$Name => <$Name as Signature>::specs()),+
                }
            }

            /// The operation with the given attributes.
            ///
            /// # Errors
            /// If an attribute is unknown, missing, or of the wrong kind.
            pub fn with(self, given: &[(String, Attr)]) -> Result<Op, String> {
                match self {
                    Kind::Pointwise(row) => Pointwise::from_attrs(row, given).map(Op::Pointwise),
                    $(Kind::$Name => $Name::from_attrs(given).map(Op::$Name)),+
                }
            }

            /// A shape that a first operand can have, where few can.
            pub fn first(self, from: &mut Choices<'_>) -> Option<Shape> {
                match self {
                    Kind::Pointwise(_) => None,
                    $(Kind::$Name => $Name::first(from)),+
                }
            }

            /// An operation of this kind for a first operand of shape `x`, if it can take one.
            pub fn draw(self, from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Op>> {
                match self {
                    Kind::Pointwise(row) => Pointwise::draw(row, from, x).map(|d| Drawn { op: Op::Pointwise(d.op), others: d.others }),
                    $(Kind::$Name => $Name::draw(from, x).map(|d| Drawn { op: Op::$Name(d.op), others: d.others })),+
                }
            }
        }

        impl Op {
            /// The kind of a built-in operation.
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    Op::Input(_) | Op::Custom(_) => None,
                    Op::Pointwise(f) => Some(Kind::Pointwise(f.row)),
                    $(Op::$Name(_) => Some(Kind::$Name)),+
                }
            }

            /// The name and value of each attribute.
            pub fn attrs(&self) -> Vec<(&'static str, Attr)> {
                let values = match self {
                    Op::Input(_) | Op::Custom(_) => return Vec::new(),
                    Op::Pointwise(f) => f.attrs.iter().map(|&x| Attr::Number(x)).collect(),
                    $(Op::$Name(op) => op.attrs()),+
                };
                let specs = self.kind().map(Kind::specs).unwrap_or_default();
                specs.iter().map(|spec| spec.name).zip(values).collect()
            }

            /// The shape of the result.
            ///
            /// # Errors
            /// If the operation does not take operands of these shapes.
            pub fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                self.check_arity(args.len())?;
                let shape = match self {
                    Op::Input(_) => shape_error!("an input has no operands"),
                    Op::Pointwise(f) => f.shape(args),
                    Op::Custom(op) => op.shape(args),
                    $(Op::$Name(op) => op.shape(args)),+
                }?;
                match shape.checked_count() {
                    Some(_) => Ok(shape),
                    None => shape_error!("the result's shape {shape} is larger than memory can address"),
                }
            }

            /// The value.
            ///
            /// # Errors
            /// If the data are outside what the operation can take: an index out of range.
            pub fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                match self {
                    Op::Input(_) => Err(DomainError("an input has no value of its own".into())),
                    Op::Pointwise(f) => Ok(f.eval(args, shape)),
                    Op::Custom(op) => op.eval(args),
                    $(Op::$Name(op) => op.eval(args, shape)),+
                }
            }

            /// The shares of the cotangent `ct` for the operands that are wanted.
            pub fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                match self {
                    Op::Input(_) => Shares::new(),
                    Op::Pointwise(f) => (0..at.args.len())
                        .filter(|&i| at.wanted[i])
                        .filter_map(|i| b.pull(f, i, at.args, at.y, ct).map(|share| (i, share)))
                        .collect(),
                    Op::Custom(op) => op.vjp(b, at, ct),
                    $(Op::$Name(op) => op.vjp(b, at, ct)),+
                }
            }

            /// How the operation depends on its differentiable operands.
            pub fn linearity(&self) -> Linearity {
                match self {
                    Op::Input(_) | Op::Pointwise(_) | Op::Custom(_) => Linearity::General,
                    $(Op::$Name(op) => op.linearity()),+
                }
            }

            /// Whether gradient flows to this operand at all.
            pub fn carries(&self, operand: usize) -> bool {
                match self {
                    Op::Input(_) => false,
                    Op::Pointwise(_) | Op::Custom(_) => true,
                    $(Op::$Name(op) => op.carries(operand)),+
                }
            }

            /// Whether this operand holds integers that select.
            pub fn is_index(&self, operand: usize) -> bool {
                match self {
                    Op::Input(_) | Op::Pointwise(_) | Op::Custom(_) => false,
                    $(Op::$Name(op) => op.is_index(operand)),+
                }
            }

            /// Whether more than two smooth pieces may meet at one point.
            pub fn is_many_sided(&self) -> bool {
                match self {
                    Op::Input(_) | Op::Pointwise(_) | Op::Custom(_) => false,
                    $(Op::$Name(op) => op.is_many_sided()),+
                }
            }

            /// Where the numbers of this operand are meant to lie.
            pub fn domain(&self, operand: usize) -> Domain {
                match self {
                    Op::Input(_) | Op::Custom(_) => Domain::Interval(pointwise::REAL),
                    Op::Pointwise(f) => Domain::Interval(f.info().domain[operand]),
                    $(Op::$Name(op) => op.domain(operand)),+
                }
            }

            /// Whether the derivative is a documented choice where this is not smooth. If not, there is none.
            pub fn chooses(&self) -> bool {
                match self {
                    Op::Input(_) | Op::Pointwise(_) | Op::Custom(_) => true,
                    $(Op::$Name(op) => op.chooses()),+
                }
            }

            /// How far an element of the operands may move before they meet a point where this is not smooth.
            pub fn smooth(&self, args: &[&Tensor<f64>], shape: &Shape) -> f64 {
                match self {
                    Op::Input(_) => f64::INFINITY,
                    Op::Pointwise(f) => f.smooth_tensor(args, shape),
                    Op::Custom(op) => op.smooth(args),
                    $(Op::$Name(op) => op.smooth(args)),+
                }
            }
        }
    };
}

impl Op {
    /// A pointwise operation with its attributes at their defaults.
    pub fn pointwise(row: Row) -> Self {
        Op::Pointwise(Pointwise::new(row))
    }

    /// The name in files.
    pub fn name(&self) -> &str {
        match self {
            Op::Input(Input::Param) => "param",
            Op::Input(Input::Const) => "const",
            Op::Input(Input::Index) => "index",
            Op::Custom(op) => op.name(),
            _ => self.kind().map_or("", Kind::name),
        }
    }

    /// The attributes that differ from their defaults.
    pub fn given_attrs(&self) -> Vec<(&'static str, Attr)> {
        let specs = self.kind().map(Kind::specs).unwrap_or_default();
        let attrs = self.attrs().into_iter().zip(specs);
        attrs
            .filter(|((_, value), spec)| spec.default.as_ref() != Some(value))
            .map(|(attr, _)| attr)
            .collect()
    }

    fn check_arity(&self, found: usize) -> Result<(), ShapeError> {
        let Some(kind) = self.kind() else {
            return Ok(());
        };
        let names = kind.operands();
        let variadic = names.last().is_some_and(|name| name.ends_with(".."));
        if found == names.len() || (variadic && found >= names.len()) {
            return Ok(());
        }
        let expected = format!("{}{}", if variadic { "at least " } else { "" }, names.len());
        shape_error!(
            "{} takes {expected} operands ({}), found {found}",
            kind.name(),
            names.join(", ")
        )
    }
}

structural::structural_table!(operations);
