//! `secant`: the command line with our own engines.

use std::process::ExitCode;

fn main() -> ExitCode {
    secant_cli::main(&[])
}
