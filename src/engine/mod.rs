//! Engines: whatever can take a case and answer with values and derivatives.
//!
//! The checker and the fuzzer know nothing else of an engine than this trait. Four engines are built in, with derivative
//! code of their own each; any other is a process that speaks the protocol.

mod builtin;
#[cfg(feature = "serde")]
mod lines;
#[cfg(feature = "serde")]
mod process;
#[cfg(feature = "serde")]
mod protocol;
pub mod sabotage;
#[cfg(feature = "serde")]
mod serve;

pub use builtin::{Builtin, Way};
#[cfg(feature = "serde")]
pub use process::{Limits, ProcessEngine, StartError};
#[cfg(feature = "serde")]
pub use protocol::{read_evaluation, read_introduction};
#[cfg(feature = "serde")]
pub use serve::serve;

use crate::graph::{Case, Dtype, Params};
use crate::op::Op;
use crate::tensor::Shape;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A node whose name begins so is said in an engine's first spelling, with operands as they are.
///
/// An adapter may choose by other names: so all spellings come about in a campaign, and a program that is made of a case
/// with plain nodes still does what the engine did.
pub const PLAIN: &str = "plain";

/// What an engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The engine's version.
    pub version: String,
    /// The arithmetics it has.
    pub dtypes: Vec<Dtype>,
    /// The derivatives it has.
    pub modes: BTreeSet<Mode>,
    /// The operations it has, by name; none if it has all.
    pub ops: Option<BTreeSet<String>>,
}

impl Capabilities {
    /// Why the engine cannot take a case, if it cannot.
    pub fn refuses(&self, case: &Case) -> Option<String> {
        if !self.dtypes.contains(&case.dtype) {
            return Some(case.dtype.name().to_string());
        }
        let ops = self.ops.as_ref()?;
        let nodes = case
            .graph
            .nodes()
            .iter()
            .filter(|node| !matches!(node.op, Op::Input(_)));
        nodes
            .map(|node| node.op.name())
            .find(|name| !ops.contains(*name))
            .map(str::to_string)
    }
}

/// A derivative that an engine can be asked for. Values need no mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// The vector-Jacobian product of all outputs with their cotangents.
    Gradient,
    /// The Jacobian-vector product along a direction.
    Jvp,
    /// The Hessian-vector product of `<cotangents, outputs>` along a direction.
    Hvp,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 3] = [Mode::Gradient, Mode::Jvp, Mode::Hvp];

    /// The word in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Gradient => "gradient",
            Mode::Jvp => "jvp",
            Mode::Hvp => "hvp",
        }
    }

    /// The mode of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// What is asked of an engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Want {
    /// The values of the outputs.
    pub value: bool,
    /// The gradient by each parameter.
    pub gradient: bool,
    /// The tangents of the outputs along these directions.
    pub tangents: Option<Params<f64>>,
    /// The Hessian-vector product along this direction.
    pub direction: Option<Params<f64>>,
}

impl Want {
    /// Values alone.
    pub fn value() -> Self {
        Self {
            value: true,
            ..Self::default()
        }
    }

    /// Values and gradient.
    pub fn gradient() -> Self {
        Self {
            value: true,
            gradient: true,
            ..Self::default()
        }
    }
}

/// Numbers by name, flat and row-major, as an engine answered them: nothing is known of their lengths yet.
pub type Named = Vec<(String, Vec<f64>)>;

/// An engine's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The values of the outputs.
    pub value: Option<Named>,
    /// The gradient by each parameter.
    pub gradient: Option<Named>,
    /// The tangents of the outputs.
    pub jvp: Option<Named>,
    /// The Hessian-vector product by each parameter.
    pub hvp: Option<Named>,
    /// The shapes of what was answered, where the engine tells them.
    pub shapes: Vec<(String, Shape)>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// The engine does not have this operation, attribute or mode. That is an answer, not an error.
    Unsupported(String),
    /// The case itself is illegal.
    Invalid(String),
    /// The engine raised an error, crashed, or answered garbage.
    Failed(String),
    /// The engine did not answer in time.
    Timeout(String),
    /// The engine has ended earlier, and could not be started again: nothing is known of the case.
    Gone(String),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::Unsupported(what) => write!(f, "unsupported: {what}"),
            EngineError::Invalid(message) => write!(f, "invalid case: {message}"),
            EngineError::Failed(message) => write!(f, "failed: {message}"),
            EngineError::Timeout(message) => write!(f, "no answer in time: {message}"),
            EngineError::Gone(message) => write!(f, "gone: {message}"),
        }
    }
}

impl std::error::Error for EngineError {}

/// Anything that takes a case and answers with values and derivatives.
pub trait Engine {
    /// The name under which results are reported.
    fn name(&self) -> &str;

    /// What the engine can do.
    fn capabilities(&self) -> &Capabilities;

    /// The answer to a case.
    ///
    /// # Errors
    /// See [`EngineError`]; unsupported is an answer.
    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError>;

    /// Whether the engine is somebody else's: then every case is asked twice, and what is said to be wrong is confirmed by
    /// differences of the engine's own values.
    fn is_foreign(&self) -> bool {
        true
    }
}

/// The answer to a case, where a panic of the engine is an error as any other.
///
/// # Errors
/// As [`Engine::evaluate`]; [`EngineError::Failed`] for a panic.
pub fn evaluate_caught(
    engine: &mut dyn Engine,
    case: &Case,
    want: &Want,
) -> Result<Evaluation, EngineError> {
    let answer = catch_unwind(AssertUnwindSafe(|| engine.evaluate(case, want)));
    answer.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = format!("panicked: {}", words.unwrap_or("no message"));
        Err(EngineError::Failed(message))
    })
}
