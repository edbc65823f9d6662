//! A wrapper that lets a formula mix any [`Number`] with plain `f64` constants, on either side of an operator.
//!
//! `f32 + f64` cannot be defined outside the standard library, so formulas that are written once over all numbers
//! (`1.0 - y * y`) are written over `Term<N>`.

use super::Number;
use super::functions::{binary_functions, indexed_functions, unary_functions};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number inside a formula.
///
/// ```
/// use secant::number::{Number, Term};
/// fn sech<N: Number>(x: N) -> N {
///     (1.0 / Term(x).cosh()).0
/// }
/// assert_eq!(sech(0.0f32), 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Term<N>(pub N);

impl<N: Number> From<f64> for Term<N> {
    fn from(x: f64) -> Self {
        Term(N::of(x))
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl<N: Number> $Trait for Term<N> {
            type Output = Self;
            fn $method(self, b: Self) -> Self {
                Term(self.0.$method(b.0))
            }
        }
        impl<N: Number> $Trait<f64> for Term<N> {
            type Output = Self;
            fn $method(self, b: f64) -> Self {
                Term(self.0.$method(N::of(b)))
            }
        }
        impl<N: Number> $Trait<Term<N>> for f64 {
            type Output = Term<N>;
            fn $method(self, b: Term<N>) -> Term<N> {
                Term(N::of(self).$method(b.0))
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<N: Number> Neg for Term<N> {
    type Output = Self;
    fn neg(self) -> Self {
        Term(-self.0)
    }
}

macro_rules! unary {
    ($($name:ident $row:ident),*) => {
        /// The functions of [`Number`]; where there are two operands the other may be an `f64`.
        #[allow(missing_docs)]
        impl<N: Number> Term<N> {
            $(pub fn $name(self) -> Self {
                Term(self.0.$name())
            })*
            pub fn pi() -> Self {
                Term(N::pi())
            }
            pub fn ln_2() -> Self {
                Term(N::ln_2())
            }
            pub fn ln_10() -> Self {
                Term(N::ln_10())
            }
            pub fn select(self, yes: impl Into<Self>, no: impl Into<Self>) -> Self {
                Term(self.0.select(yes.into().0, no.into().0))
            }
            pub fn fma(self, b: Self, c: Self) -> Self {
                Term(self.0.fma(b.0, c.0))
            }
        }
    };
}
unary_functions!(unary);

macro_rules! binary {
    ($($name:ident $row:ident),*) => {
        /// The functions of two operands.
        #[allow(missing_docs)]
        impl<N: Number> Term<N> {
            $(pub fn $name(self, other: impl Into<Self>) -> Self {
                Term(self.0.$name(other.into().0))
            })*
        }
    };
}
binary_functions!(binary);

macro_rules! indexed {
    ($($name:ident $row:ident),*) => {
        /// The functions of a number and an integer.
        #[allow(missing_docs)]
        impl<N: Number> Term<N> {
            $(pub fn $name(self, n: i32) -> Self {
                Term(self.0.$name(n))
            })*
        }
    };
}
indexed_functions!(indexed);
