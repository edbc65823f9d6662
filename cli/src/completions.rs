//! `secant completions`.

use crate::output::{Failure, Status};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::{self, Write};

/// Write the completions of a shell to stdout.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  secant completions bash > ~/.local/share/bash-completion/completions/secant
  secant completions fish > ~/.config/fish/completions/secant.fish")]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Result<Status, Failure> {
    // clap_complete panics where it cannot write, so it writes to memory
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut crate::Cli::command(),
        "secant",
        &mut script,
    );
    io::stdout().write_all(&script)?;
    Ok(Status::Agree)
}
