//! Reverse-mode automatic differentiation whose gradients are proved by finite differences.

#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "check")]
pub mod engine;
pub mod export;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod graph;
pub mod modes;
pub mod number;
pub mod op;
pub mod oracle;
pub mod tensor;

pub use graph::{Case, Dtype, Graph, Params};
pub use modes::{Error, Tape, Var, grad, hessian, hvp, jacobian, jvp, scalar, value_and_grad, vjp};
pub use number::{Dd, Dual, Number, Real};
pub use tensor::{Shape, Tensor};
