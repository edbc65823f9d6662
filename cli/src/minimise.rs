//! `secant minimise`.

use crate::engines::{Engines, Patience};
use crate::input;
use crate::output::{self, Failure, Status, Target};
use secant::check::Class;
use secant::fuzz::{Outcome, judge_case, minimise, minimise_within};
use std::path::PathBuf;

/// Make a case small that an engine gets wrong.
#[derive(clap::Args)]
#[command(after_help = concat!("\
Examples:
  secant minimise crash.graph --engine 'python3 engines/python/jax_engine.py' -o small.graph

Exit status:
  0  the engine agrees: there is nothing to do
  1  it does not, and the small case was written
  2  bad usage or bad input
  3  the engine could not be started"))]
pub(crate) struct Args {
    /// The case: a .graph or .json file, or - for stdin.
    file: PathBuf,
    /// The engine: a built-in name or a command line.
    #[arg(long, value_name = "E")]
    engine: String,
    /// Where to write the small case; - is stdout. A name that ends in .json gets JSON.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// 1 for values and gradients; 2 also for tangents and Hessian-vector products.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    order: u8,
    #[command(flatten)]
    patience: Patience,
}

/// How often an engine is asked that does not answer in time: each question takes as long as it is given.
const TIMED_OUT: usize = 30;

pub(crate) fn run(args: &Args, engines: Engines) -> Result<Status, Failure> {
    let case = input::case(&args.file).map_err(Failure::Input)?;
    let mut engine = [engines.open(&args.engine, &args.patience)?];
    let mut output = Target::open(&args.output)?;
    let mut outcome = |case: &_| judge_case(case, &mut engine, args.order, 1).remove(0);
    let class = match outcome(&case) {
        Outcome::Finding(class, _) => class,
        Outcome::Failed(message) => {
            return Err(Failure::Input(format!(
                "{}: {message}",
                args.file.display()
            )));
        }
        other => {
            output::remark(&format!("nothing to minimise: {other}"));
            return Ok(Status::Agree);
        }
    };
    let mut keep = |case: &_| outcome(case).class() == Some(class);
    let small = match class {
        Class::Timeout => minimise_within(&case, TIMED_OUT, &mut keep),
        _ => minimise(&case, &mut keep),
    };
    let (before, after) = (case.graph.operations(), small.graph.operations());
    let finding = output::finding(class, &outcome(&small).to_string());
    output::remark(&format!(
        "{finding}\n{before} operations before, {after} now"
    ));
    let is_json = args.output.extension().is_some_and(|end| end == "json");
    output.write(&match is_json {
        true => small.to_json() + "\n",
        false => small.to_text(),
    })?;
    Ok(match class {
        Class::Convention => Status::Agree,
        _ => Status::Disagree,
    })
}
