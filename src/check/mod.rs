//! Is this gradient right?
//!
//! [`Judge`] holds a case against what an engine, or anybody, claims of it: values, gradient, tangents,
//! Hessian-vector product. The reference comes from finite differences in twice the digits ([`Wide`]), the tolerance from
//! a bound of the rounding that the engine's own arithmetic may leave ([`bounds`]); nothing is tuned. Along one random
//! direction all elements are checked at once, and only what fails, or what is too large or too small to be seen beside
//! the rest, is looked at one by one.
//!
//! There are three verdicts. Undecided has a reason, and is counted.
//!
//! [`Curve`] shows what finite differences in plain binary64 could have told, step by step.
//!
//! [`classic`] is the rule of the deeplearning.ai course, from which the project started.

mod arguments;
mod blackbox;
mod blame;
mod bound;
pub mod classic;
mod curve;
mod function;
mod hypothesis;
mod judge;
mod monitor;
mod part;
mod pattern;
mod planting;
mod program;
mod recognise;
mod report;
mod search;
mod settings;
mod wide;

pub use arguments::{Argument, Points, Values};
pub use blame::{Blame, Inquiry, Suspect, blame};
pub use bound::{Bounded, Bounds, bounds, hvp_bounds, tangent_bounds};
pub use classic::{Classic, gradient_check, gradient_check_n};
pub use curve::{Curve, Point, objective};
pub use function::Check;
pub use judge::{Judge, Options, check};
pub use monitor::{Glance, Monitor};
pub use part::isolate;
pub use pattern::{Factor, Pattern};
pub use planting::blame_claim;
pub use program::{Function, ProgramCheck};
pub use report::{
    Class, Element, Fault, Judgement, ParamReport, Quantity, Reason, Report, Verdict,
};
pub use search::{Criterion, Method};
pub use wide::Wide;
