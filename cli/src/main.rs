//! Fuzz, check and replay gradients from the command line.
//!
//! Each subcommand is a file with its arguments and its `run`. What they share stands in `input` (files and the
//! complaints about them), `engines` (names and command lines), `output` (status, colour, tables, JSON), `ci` (reports for CI
//! systems).

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

use clap::{Parser, Subcommand};
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

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Fuzz(args) => fuzz::run(args),
        Command::Check(args) => check::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Minimise(args) => minimise::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Ops(args) => ops::run(&args),
        Command::Engines(args) => list::run(&args),
        Command::Serve(args) => serve::run(&args),
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
