//! `secant merge`.

use crate::ci::{self, Reports};
use crate::fuzz;
use crate::input;
use crate::output::{self, Failure, Status, Target, exit_status};
use secant::fuzz::Summary;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Add up what the shards of a run found: the files that `fuzz --json` wrote.
#[derive(clap::Args)]
#[command(after_help = concat!("\
Examples:
  secant merge shard-*.json -o all.json

", exit_status!()))]
pub(crate) struct Args {
    /// Results of shards.
    #[arg(required = true, value_name = "FILE.json")]
    files: Vec<PathBuf>,
    /// Where to write the sum; - is stdout [default: a table on stdout].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reports: Reports,
}

pub(crate) fn run(args: &Args) -> Result<Status, Failure> {
    let mut parts: BTreeMap<u64, (PathBuf, Summary)> = BTreeMap::new();
    let mut complaints = Vec::new();
    for file in &args.files {
        match summary(file).and_then(|part| fits(&parts, part)) {
            Ok(part) => {
                parts.insert(part.shard.0, (file.clone(), part));
            }
            Err(message) => complaints.push(format!("{}: {message}", file.display())),
        }
    }
    if !complaints.is_empty() {
        return Err(Failure::Input(complaints.join("\n       ")));
    }
    let mut output = args.output.as_deref().map(Target::open).transpose()?;
    let mut reports = args.reports.open(Path::to_path_buf)?;
    let shards = parts.values().next().map_or(1, |(_, part)| part.shard.1);
    let missing: Vec<String> = (0..shards)
        .filter(|shard| !parts.contains_key(shard))
        .map(|shard| format!("{shard}/{shards}"))
        .collect();
    let mut sum = Summary::default();
    for (_, part) in parts.into_values() {
        sum.merge(part);
    }
    if !missing.is_empty() {
        output::remark(&format!("shards missing: {}", missing.join(", ")));
    }
    reports.write("secant fuzz", &ci::of_campaign(&sum))?;
    match &mut output {
        Some(target) => target.line(&fuzz::json(&sum)?)?,
        None if args.reports.paths().any(|path| output::is_stdout(path)) => {}
        None => fuzz::print(&sum)?,
    }
    Ok(fuzz::status(&sum))
}

fn summary(file: &Path) -> Result<Summary, String> {
    // the file is named by whoever called
    let prefix = format!("{}: ", file.display());
    let source =
        input::text(file).map_err(|e| e.strip_prefix(&prefix).unwrap_or(&e).to_string())?;
    serde_json::from_str(&source)
        .map_err(|e| format!("expected what `secant fuzz --json` writes: {e}"))
}

/// The part, if it is of the same run as the others and none of them.
fn fits(parts: &BTreeMap<u64, (PathBuf, Summary)>, part: Summary) -> Result<Summary, String> {
    let Some((first_file, first)) = parts.values().next() else {
        return Ok(part);
    };
    let first_file = first_file.display();
    let (k, n) = part.shard;
    if part.secant != first.secant {
        let (found, expected) = (&part.secant, &first.secant);
        return Err(format!(
            "is of secant {found}, but {first_file} of {expected}"
        ));
    }
    if part.seed != first.seed {
        let (found, expected) = (part.seed, first.seed);
        return Err(format!(
            "has the seed {found}, but {first_file} has {expected}"
        ));
    }
    let engines = |summary: &Summary| -> String {
        let names = summary.engines.iter().map(|tally| tally.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let (found, expected) = (engines(&part), engines(first));
    if found != expected {
        return Err(format!(
            "is about the engines {found}, but {first_file} about {expected}"
        ));
    }
    if n != first.shard.1 {
        let expected = first.shard.1;
        return Err(format!(
            "is one of {n} shards, but {first_file} one of {expected}"
        ));
    }
    match parts.get(&k) {
        Some((other, _)) => Err(format!("is shard {k}/{n}, as {} is", other.display())),
        None => Ok(part),
    }
}
