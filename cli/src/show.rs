//! `secant show`.

use crate::input;
use crate::output::{Failure, Status, Target};
use secant::export::Format;
use std::path::PathBuf;

/// Write a case in another language: text, JSON, a picture, or source for an engine.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  secant show net.graph --to pytorch > net.py
  secant show net.json                     as text
  secant show net.graph --to svg -o net.svg")]
pub(crate) struct Args {
    /// The case: a .graph or .json file, or - for stdin.
    file: PathBuf,
    /// The language.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats())]
    to: String,
    /// Where to write; - is stdout.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

fn formats() -> clap::builder::PossibleValuesParser {
    let values = Format::ALL
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.doc));
    values.collect::<Vec<_>>().into()
}

pub(crate) fn run(args: &Args) -> Result<Status, Failure> {
    let case = input::case(&args.file).map_err(Failure::Input)?;
    let format = Format::from_name(&args.to).expect("clap knows the formats");
    let mut text = (format.write)(&case)
        .map_err(|e| Failure::Input(format!("{}: {e}", args.file.display())))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Target::open(&args.output)?.write(&text)?;
    Ok(Status::Agree)
}
