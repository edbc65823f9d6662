//! What can be wrong with a program.

use crate::tensor::Shape;
use std::fmt;

/// A node that cannot be: which one, of what, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// The node's name; empty if it has none.
    pub node: String,
    /// The operation.
    pub op: String,
    /// The operands' names and shapes.
    pub operands: Vec<(String, Shape)>,
    /// What is wrong.
    pub message: String,
}

impl GraphError {
    pub(crate) fn input(node: &str, op: &str, message: String) -> Self {
        Self {
            node: node.into(),
            op: op.into(),
            operands: Vec::new(),
            message,
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.node.is_empty() {
            write!(f, "{} = ", self.node)?;
        }
        let operands: Vec<String> = self
            .operands
            .iter()
            .map(|(name, shape)| format!("{name} {shape}"))
            .collect();
        write!(f, "{}({}): {}", self.op, operands.join(", "), self.message)
    }
}

impl std::error::Error for GraphError {}
