//! `secant-engines`: the command line of secant, with the engines of other people beside its own.
//!
//! Each engine is an adapter of one file, a feature, and a line of the manifest; `build.rs` makes the list of engines from
//! the manifest. An engine runs in a process of its own, which is this program as `serve --engine NAME`.

#[cfg_attr(not(feature = "burn-flex"), allow(dead_code))] // what smaller builds have no use for
mod adapter;
#[cfg(any(
    feature = "autodiff",
    feature = "easy-ml",
    feature = "echidna",
    feature = "num-dual",
    feature = "reverse"
))]
mod elementary;
#[cfg(any(feature = "autodiff", feature = "num-dual"))]
mod forward;
#[cfg(any(feature = "rust-autograd", feature = "scirs2"))]
mod lazy;
#[cfg(any(
    feature = "autodiff",
    feature = "easy-ml",
    feature = "echidna",
    feature = "num-dual",
    feature = "reverse"
))]
mod unrolled;

use std::process::ExitCode;

// the modules of the engines that are compiled in, and the list `ENGINES` of them
include!(concat!(env!("OUT_DIR"), "/engines.rs"));

fn main() -> ExitCode {
    secant_cli::main(ENGINES)
}
