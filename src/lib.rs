//! Reverse-mode automatic differentiation whose gradients are proved by finite differences.

pub mod graph;
pub mod number;
pub mod op;
pub mod tensor;
