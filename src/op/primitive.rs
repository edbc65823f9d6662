//! Structural operations: one struct each, which holds its attributes and knows everything about itself.

use super::attr::{Attr, AttrSpec};
use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn};
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

/// The facts that `structural!` reads off an operation's declaration.
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

    /// An operation of this kind whose first operand has the shape `x`, and what its other operands must be.
    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>>;
}

/// Declares an operation: its struct, and its [`Signature`].
macro_rules! structural {
    ($(
        $(#[doc = $doc:literal])+
        $Name:ident $name:ident($($x:ident $([$dots:tt])?),+ $(; $($attr:ident: $T:ty $(= $default:expr)?),+)?);
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name { $($(#[allow(missing_docs)] pub $attr: $T),+)? }

        impl $crate::op::primitive::Signature for $Name {
            const NAME: &'static str = stringify!($name);
            const DOC: &'static str = concat!($($doc),+);
            const OPERANDS: &'static [&'static str] = &[$(concat!(stringify!($x), $(stringify!($dots))?)),+];

            fn specs() -> Vec<$crate::op::attr::AttrSpec> {
                vec![$($($crate::op::attr::AttrSpec {
                    name: stringify!($attr),
                    expected: <$T as $crate::op::attr::Attribute>::EXPECTED,
                    default: $crate::op::primitive::default_of!($($default)? => $T),
                }),+)?]
            }

            fn attrs(&self) -> Vec<$crate::op::attr::Attr> {
                vec![$($($crate::op::attr::Attribute::write(&self.$attr)),+)?]
            }

            #[allow(unused_variables)]
            fn from_attrs(given: &[(String, $crate::op::attr::Attr)]) -> Result<Self, String> {
                let specs = Self::specs();
                $crate::op::primitive::known(Self::NAME, &specs, given)?;
                Ok(Self { $($($attr: $crate::op::primitive::field(Self::NAME, stringify!($attr), &specs, given)?),+)? })
            }
        }

        impl From<$Name> for $crate::op::Op {
            fn from(op: $Name) -> Self {
                $crate::op::Op::$Name(op)
            }
        }
    )+};
}
pub(crate) use structural;

macro_rules! default_of {
    (=> $T:ty) => {
        None
    };
    ($default:expr => $T:ty) => {
        Some($crate::op::attr::Attribute::write(&{
            let value: $T = $default;
            value
        }))
    };
}
pub(crate) use default_of;

/// Refuses attributes that the operation does not have, or that are given twice.
pub(super) fn known(op: &str, specs: &[AttrSpec], given: &[(String, Attr)]) -> Result<(), String> {
    for (i, (name, _)) in given.iter().enumerate() {
        if !specs.iter().any(|spec| spec.name == name) {
            let names: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
            let has = if names.is_empty() {
                "none".into()
            } else {
                names.join(", ")
            };
            return Err(format!("{op} has no attribute `{name}`; it has {has}"));
        }
        if given[..i].iter().any(|(other, _)| other == name) {
            return Err(format!("attribute `{name}` of {op} is given twice"));
        }
    }
    Ok(())
}

/// The value of one attribute, given or by default.
pub(super) fn field<T: super::attr::Attribute>(
    op: &str,
    name: &str,
    specs: &[AttrSpec],
    given: &[(String, Attr)],
) -> Result<T, String> {
    let default = || {
        specs
            .iter()
            .find(|spec| spec.name == name)
            .and_then(|spec| spec.default.as_ref())
    };
    match given
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, attr)| attr)
        .or_else(default)
    {
        None => Err(format!(
            "{op} needs the attribute `{name}`: {}",
            T::EXPECTED
        )),
        Some(attr) => T::read(attr).ok_or_else(|| {
            format!(
                "attribute `{name}` of {op} is {attr}; expected {}",
                T::EXPECTED
            )
        }),
    }
}
