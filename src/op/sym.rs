//! A number that records: the formulas of the table, evaluated on [`Sym`], become operations in a [`Builder`].

use super::Op;
use super::builder::{Builder, Id};
use super::pointwise::{Pointwise, Row};
use crate::number::{Number, binary_functions, indexed_functions, unary_functions};
use smallvec::SmallVec;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What a recorded number is: a value in the builder, or a constant that no operation has needed yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A value in the builder.
    Node(Id),
    /// A constant.
    Constant(f64),
}

/// A number of a formula that is being recorded.
#[derive(Clone, Copy)]
pub struct Sym<'b> {
    builder: Option<&'b dyn Builder>,
    operand: Operand,
}

impl<'b> Sym<'b> {
    /// A value of the builder.
    pub fn node(builder: &'b dyn Builder, id: Id) -> Self {
        Self {
            builder: Some(builder),
            operand: Operand::Node(id),
        }
    }

    /// What has become of the formula.
    pub fn operand(self) -> Operand {
        self.operand
    }

    fn apply(f: Pointwise, args: &[Self]) -> Self {
        let Some(builder) = args.iter().find_map(|arg| arg.builder) else {
            // constants only: the formula itself, on plain numbers
            let plain = |arg: &Self| match arg.operand {
                Operand::Constant(x) => x,
                Operand::Node(_) => unreachable!("a node has a builder"),
            };
            return Self::of(f.value(&args.iter().map(plain).collect::<SmallVec<[f64; 3]>>()));
        };
        let id = |arg: &Self| match arg.operand {
            Operand::Node(id) => id,
            Operand::Constant(x) => builder.constant(x),
        };
        let ids: SmallVec<[Id; 3]> = args.iter().map(id).collect();
        Self::node(builder, builder.apply(Op::Pointwise(f), &ids))
    }

    fn row(row: Row, args: &[Self]) -> Self {
        Self::apply(Pointwise::new(row), args)
    }
}

impl fmt::Debug for Sym<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operand.fmt(f)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl $Trait for Sym<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self::row(Row::$Trait, &[self, other])
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Sym<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::row(Row::Neg, &[self])
    }
}

macro_rules! number {
    ($($name:ident $Row:ident),*) => {
        impl Number for Sym<'_> {
            $(fn $name(self) -> Self {
                Self::row(Row::$Row, &[self])
            })*
            fn of(x: f64) -> Self {
                Self { builder: None, operand: Operand::Constant(x) }
            }
            indexed_functions!(indexed);
            fn select(self, yes: Self, no: Self) -> Self {
                Self::row(Row::Where, &[self, yes, no])
            }
            fn fma(self, b: Self, c: Self) -> Self {
                Self::row(Row::Fma, &[self, b, c])
            }
            binary_functions!(binary);
        }
    };
}
macro_rules! indexed {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, n: i32) -> Self {
            Self::apply(Pointwise::with(Row::$Row, [f64::from(n), 0.0]), &[self])
        })*
    };
}
macro_rules! binary {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, other: Self) -> Self {
            Self::row(Row::$Row, &[self, other])
        })*
    };
}
unary_functions!(number);
