//! Random programs for engines of automatic differentiation: drawing them, judging what engines make of them, shrinking
//! those that an engine gets wrong.
//!
//! A [`Recipe`] is a flat list of words, and every list decodes to a legal [`Case`](crate::Case): so a recipe can be
//! drawn, cut or changed anywhere, and proptest shrinks it without knowing programs. What is drawn is decided by the
//! [`Scope`] and the table of operations alone; there is no list of operations here. Numbers are evaluated while a program
//! grows, so that it stays within the domains of its operations and well-conditioned: a case that nobody can decide
//! finds nothing.
//!
//! [`judge_case`] holds engines against the oracle, [`minimise`] makes a case small that an engine gets wrong, and
//! [`run`] does both for as many cases as there is time for.
//!
//! A property of random programs with one of your own operations in them takes a few lines:
//!
//! ```
//! use proptest::prelude::*;
//! use secant::engine::{Builtin, Engine, Way};
//! use secant::fuzz::{Scope, cases, judge_case};
//!
//! # let mut config = ProptestConfig::with_cases(8);
//! # config.failure_persistence = None;
//! let mut runner = proptest::test_runner::TestRunner::new(config);
//! runner.run(&cases(Scope::default()), |case| {
//!     let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Builtin::new(Way::Tape))];
//!     let outcome = &judge_case(&case, &mut engines, 1, 7)[0];
//!     prop_assert!(!outcome.is_finding(), "{outcome}");
//!     Ok(())
//! })?;
//! # Ok::<(), proptest::test_runner::TestError<secant::Case>>(())
//! ```

mod campaign;
mod choice;
mod conditions;
mod confirm;
mod culprit;
mod end;
mod explicit;
mod filing;
mod guard;
mod inquiry;
mod judging;
mod minimise;
mod points;
mod program;
mod recipe;
mod scope;
mod sketch;
mod standing;
mod strategy;
mod summary;
mod sweep;
mod values;

pub use campaign::{CampaignError, Factory, Progress, Settings, resume, run};
pub use judging::{Outcome, direction, judge_case};
pub use minimise::{minimise, minimise_within};
pub use recipe::Recipe;
pub use scope::{Choice, Scope};
pub use standing::Standing;
pub use strategy::{cases, recipes};
pub use summary::{Coverage, EngineTally, Finding, Summary};
