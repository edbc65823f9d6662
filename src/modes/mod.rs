//! Ways of running a program: forwards for its values, backwards for its gradient, along a direction for its tangent; on a
//! tape while the program is being written; unrolled into scalars.

mod api;
mod checkpoint;
mod error;
mod eval;
mod forward;
pub mod reverse;
pub mod scalar;
mod tape;

pub use api::{grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp};
pub use error::Error;
#[cfg(feature = "fuzz")]
pub(crate) use eval::behind;
pub use eval::{cone, evaluate, rerun, run};
pub use forward::{linearize, linearized, push_forward, replay, tangent_program};
pub use tape::{Tape, Var};

/// The values of the outputs, and a derivative beside them: the gradient by each parameter, or each output's tangent.
pub type Both<T> = (Vec<crate::tensor::Tensor<T>>, Vec<crate::tensor::Tensor<T>>);
