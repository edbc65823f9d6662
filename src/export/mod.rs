//! Cases in other languages: our own two formats, pictures, and programs for other engines.
//!
//! An exporter is a function from a case to text, in a file of its own, and one line in [`Format::ALL`]. The exporters of
//! programs spell what their target spells otherwise; a pointwise operation that the target does not have is written out
//! from its formula in the table, so that a new row of the table needs no line here.

mod alike;
mod autograd;
mod burn;
mod candle;
mod crates;
mod dfdx;
mod dot;
mod jax;
#[cfg(feature = "serde")]
mod json;
mod lazy;
mod python;
mod pytorch;
mod reproduce;
mod rust;
mod scalars;
mod svg;
mod tensorflow;
mod text;
mod tinygrad;

use reproduce::Package;
pub use reproduce::{Expected, Part, Reproducer, reproducer};
pub use svg::Drawing;

use crate::graph::Case;
use std::fmt;

/// A language that cases can be written in.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Whether it has every pointwise operation; if not, those that the engine has no function for are errors.
    pub is_whole: bool,
    /// The package of the engine that it is written for; none if there is no engine.
    pub(crate) package: Option<Package>,
    /// The case in this language.
    pub write: fn(&Case) -> Result<String, ExportError>,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Format] = &[
        text::FORMAT,
        #[cfg(feature = "serde")]
        json::FORMAT,
        dot::FORMAT,
        svg::FORMAT,
        rust::FORMAT,
        pytorch::FORMAT,
        jax::FORMAT,
        autograd::FORMAT,
        tensorflow::FORMAT,
        tinygrad::FORMAT,
        candle::FORMAT,
        // an engine has the first format that its name starts with
        burn::NDARRAY,
        burn::FLEX,
        dfdx::FORMAT,
        lazy::RASKR,
        lazy::SCIRS2,
        scalars::reverse::FORMAT,
        scalars::num_dual::FORMAT,
        scalars::autodiff::FORMAT,
        scalars::easy_ml::FORMAT,
        scalars::echidna::FORMAT,
    ];

    /// The format of a name.
    ///
    /// ```
    /// use secant::export::Format;
    /// use secant::graph::Case;
    /// let case = Case::from_text("secant 1\nparam x [] = 2.0\ny = sin(x)\nreturn y\n")?;
    /// let program = (Format::from_name("pytorch").unwrap().write)(&case)?;
    /// assert!(program.contains("y = torch.sin(x)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_name(name: &str) -> Option<Format> {
        Self::ALL.iter().copied().find(|format| format.name == name)
    }
}

/// Why a case cannot be written in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportError {
    /// The language has no such operation, or its exporter does not know it.
    Unsupported {
        /// The operation.
        op: String,
        /// The language.
        format: &'static str,
    },
    /// No program in the language asks for a part of the answer.
    NoPart {
        /// The part's name.
        part: &'static str,
        /// The language.
        format: &'static str,
    },
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportError::Unsupported { op, format } => {
                write!(
                    f,
                    "the operation {op} cannot be written for {format}: export it as text, or without that node"
                )
            }
            ExportError::NoPart { part, format } => {
                write!(f, "programs for {format} do not ask for the {part}")
            }
        }
    }
}

impl std::error::Error for ExportError {}
