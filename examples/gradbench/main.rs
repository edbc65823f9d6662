//! secant as a tool of GradBench, the public benchmark across autodiff tools (github.com/gradbench/gradbench).
//!
//! An evaluation of GradBench and a tool talk over pipes, one JSON object a line. This is the tool: it answers from its
//! standard input until that ends. `README.md` beside this file says how to run it; `protocol.rs` speaks; each other file
//! is an evaluation.

mod ba;
mod descent;
mod det;
mod gmm;
mod hello;
mod kmeans;
mod llsq;
mod lse;
mod lstm;
mod nested;
mod ode;
mod particle;
mod protocol;
mod saddle;

pub(crate) use protocol::serve;
use protocol::{Answer, Request};

/// An evaluation: runs the named function of a request.
type Module = fn(&str, &Request) -> Answer;

/// The evaluations that this tool knows, by name.
const MODULES: &[(&str, Module)] = &[
    ("ba", ba::call),
    ("det", det::call),
    ("gmm", gmm::call),
    ("hello", hello::call),
    ("kmeans", kmeans::call),
    ("llsq", llsq::call),
    ("lse", lse::call),
    ("lstm", lstm::call),
    ("ode", ode::call),
    ("particle", particle::call),
    ("saddle", saddle::call),
];

pub(crate) fn module(name: &str) -> Option<Module> {
    MODULES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, module)| *module)
}

fn main() -> std::io::Result<()> {
    serve(std::io::stdin().lock(), std::io::stdout().lock())
}
