//! What can go wrong when a program runs or is differentiated.

use crate::graph::{CaseError, GraphError};
use crate::op::DomainError;
use crate::tensor::{Shape, ShapeError};
use std::fmt;

/// Why there is no value or no gradient.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A node that cannot be: shapes or attributes do not fit.
    Graph(GraphError),
    /// Data that an operation cannot take.
    Domain {
        /// The node, as it would be written.
        node: String,
        /// What is wrong with the data.
        message: String,
    },
    /// A gradient was asked for that cannot flow.
    Disconnected {
        /// The parameter.
        param: String,
        /// The node that cut it off; none if the output does not depend on the parameter at all.
        by: Option<String>,
    },
    /// A tensor of another shape was expected.
    Shape {
        /// Which tensor.
        what: String,
        /// The shape expected.
        expected: Shape,
        /// The shape found.
        found: Shape,
    },
    /// A gradient needs a scalar output; for others use the vector-Jacobian product.
    NotScalar {
        /// The output's shape.
        shape: Shape,
    },
    /// Numbers do not fit the program.
    Mismatch(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Graph(e) => e.fmt(f),
            Error::Domain { node, message } => write!(f, "{node}: {message}"),
            Error::Disconnected {
                param,
                by: Some(by),
            } => {
                write!(f, "no gradient reaches `{param}`: it is cut off by {by}")
            }
            Error::Disconnected { param, by: None } => {
                write!(
                    f,
                    "no gradient reaches `{param}`: the output does not depend on it"
                )
            }
            Error::Shape {
                what,
                expected,
                found,
            } => write!(f, "{what}: expected shape {expected}, found {found}"),
            Error::NotScalar { shape } => {
                write!(
                    f,
                    "a gradient needs one output number, found shape {shape}; use vjp with a cotangent, or sum"
                )
            }
            Error::Mismatch(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

impl From<GraphError> for Error {
    fn from(e: GraphError) -> Self {
        Error::Graph(e)
    }
}

impl From<ShapeError> for Error {
    fn from(e: ShapeError) -> Self {
        Error::Mismatch(e.0)
    }
}

impl From<CaseError> for Error {
    fn from(e: CaseError) -> Self {
        match e {
            CaseError::Graph(e) => Error::Graph(e),
            CaseError::Mismatch(message) => Error::Mismatch(message),
        }
    }
}

impl Error {
    pub(super) fn domain(node: String, e: DomainError) -> Self {
        Error::Domain { node, message: e.0 }
    }
}
