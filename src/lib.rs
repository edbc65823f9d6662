//! Reverse-mode automatic differentiation whose gradients are proved by finite differences: tangents, checked against
//! secants.
//!
//! A program is plain data, a [`Graph`]. A [`Tape`] writes one while it runs; everything else is a reading of
//! it: its values, its gradient (computed at once, or as another program), its tangent, its finite differences in twice the
//! digits, its rounding error, its picture, its source in another language.
//!
//! ```
//! use secant::{Tape, Tensor};
//! let tape = Tape::new();
//! let x = tape.var(Tensor::from([1.0, 2.0, 3.0]));
//! let y = (x * x).sum(None, false) / 2.0;
//! assert_eq!(y.grad(&[x])?[0].to_vec(), [1.0, 2.0, 3.0]);
//! # Ok::<(), secant::Error>(())
//! ```
//!
//! From here, by what you want to do:
//!
//! - differentiate: [`Tape`], [`grad`], [`hvp`], [`jacobian`], [`hessian`]; in single numbers [`scalar`];
//! - define an operation: [`op::CustomOp`];
//! - check a gradient (feature `check`): `check`;
//! - fuzz an engine (feature `fuzz`): `fuzz`, `engine`;
//! - compute in 31 digits: [`Dd`]; forwards: [`Dual`];
//! - bring and take arrays, parameters and problems from and to other crates: [`interop`].

#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "check")]
pub mod engine;
pub mod export;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod graph;
pub mod interop;
pub mod modes;
pub mod number;
pub mod op;
pub mod oracle;
pub mod tensor;

pub use graph::{Case, Dtype, Graph, Params};
pub use modes::{Error, Tape, Var, grad, hessian, hvp, jacobian, jvp, scalar, value_and_grad, vjp};
pub use number::{Dd, Dual, Number, Real};
pub use tensor::{Shape, Tensor};

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
