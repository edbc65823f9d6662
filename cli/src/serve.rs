//! `secant serve`.

use crate::engines::Engines;
use crate::output::{Failure, Status};
use secant::engine::serve;
use std::io;

/// Answer requests of the engine protocol on stdin, one JSON object a line.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  echo '{\"id\":0,\"kind\":\"hello\",\"protocol\":1}' | secant serve
  secant fuzz --engine 'secant serve'      our own engine, through the pipe")]
pub(crate) struct Args {
    /// The engine that answers.
    #[arg(long, default_value = "tape", hide = true)]
    engine: String,
    /// Break one rule of the tape, to see who notices: OP:KIND.
    #[arg(long, value_name = "OP:KIND", hide = true)]
    sabotage: Option<String>,
}

pub(crate) fn run(args: &Args, engines: Engines) -> Result<Status, Failure> {
    let mut engine = engines.served(&args.engine, args.sabotage.as_deref())?;
    let output = io::BufWriter::new(io::stdout().lock());
    serve(engine.as_mut(), io::stdin().lock(), output)?;
    Ok(Status::Agree)
}
