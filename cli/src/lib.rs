//! The command line: fuzz, check and replay gradients.
//!
//! A library, so that a binary with more engines than ours is a list of them and a call of [`main`]; `secant` is the one
//! without any. Each subcommand is a file with its arguments and its `run`. What they share stands in `input` (files and
//! the complaints about them), `engines` (names and command lines), `output` (status, colour, tables, JSON), `ci`
//! (reports for CI systems).

mod check;
mod checked;
mod ci;
mod claim;
mod classic;
mod completions;
mod engines;
mod fuzz;
mod input;
mod junit;
mod list;
mod merge;
mod minimise;
mod ops;
mod output;
mod page;
mod progress;
mod replay;
mod resume;
mod sarif;
mod serve;
mod shard;
mod show;

pub use engines::Foreign;

use clap::{Parser, Subcommand};
use engines::Engines;
use output::{Failure, Status};
use std::process::ExitCode;

/// Fuzz, check and replay gradients: random programs and your own against finite differences.
#[derive(Parser)]
#[command(name = "secant", version, max_term_width = 110)]
#[command(after_help = output::exit_status!())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Fuzz(fuzz::Args),
    Check(check::Args),
    Replay(replay::Args),
    Show(show::Args),
    #[command(alias = "minimize")]
    Minimise(minimise::Args),
    Merge(merge::Args),
    Ops(ops::Args),
    Engines(list::Args),
    Serve(serve::Args),
    Completions(completions::Args),
}

/// Runs what the command line of this process asks for, with engines of other people beside ours.
pub fn main(foreign: &'static [Foreign]) -> ExitCode {
    let engines = Engines::with(foreign);
    let done = match Cli::parse().command {
        Command::Fuzz(args) => fuzz::run(args, engines),
        Command::Check(args) => check::run(&args, engines),
        Command::Replay(args) => replay::run(&args, engines),
        Command::Show(args) => show::run(&args),
        Command::Minimise(args) => minimise::run(&args, engines),
        Command::Merge(args) => merge::run(&args),
        Command::Ops(args) => ops::run(&args),
        Command::Engines(args) => list::run(&args, engines),
        Command::Serve(args) => serve::run(&args, engines),
        Command::Completions(args) => completions::run(&args),
    };
    let status = done.unwrap_or_else(|failure| match failure {
        // whoever reads our output has enough
        Failure::Pipe => Status::Agree,
        Failure::Input(message) => {
            output::complain(&message);
            Status::BadInput
        }
        Failure::Engine(message) => {
            output::complain(&message);
            Status::NoEngine
        }
    });
    ExitCode::from(status as u8)
}
