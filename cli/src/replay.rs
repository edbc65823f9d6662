//! `secant replay`.

use crate::ci::{Item, Mark, Reports};
use crate::engines::{Engines, Patience};
use crate::input;
use crate::output::{self, BOLD, Failure, GREEN, RED, Status, YELLOW, exit_status, painted};
use secant::check::Class;
use secant::fuzz::{Outcome, judge_case};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where findings are saved, and looked for again.
pub(crate) const REGRESSIONS: &str = "regressions";

/// Judge saved cases again: findings that should not come back.
#[derive(clap::Args)]
#[command(after_help = concat!("\
Examples:
  secant replay                                            all in regressions/, our own engines
  secant replay regressions/candle-gelu-3f2a.graph --engine 'python3 engines/python/jax_engine.py'

", exit_status!()))]
pub(crate) struct Args {
    /// Cases, or directories of them [default: regressions].
    #[arg(value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// An engine: a built-in name or a command line [default: tape, graph, scalar and dual].
    #[arg(long = "engine", value_name = "E")]
    engines: Vec<String>,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    patience: Patience,
}

pub(crate) fn run(args: &Args, engines: Engines) -> Result<Status, Failure> {
    let default = [PathBuf::from(REGRESSIONS)];
    let paths = match &args.paths[..] {
        [] if !default[0].exists() => {
            output::remark("nothing to replay: there is no directory regressions/");
            return Ok(Status::Agree);
        }
        [] => &default,
        paths => paths,
    };
    let mut reports = args.reports.open(Path::to_path_buf)?;
    let mut items = Vec::new();
    let mut engines = engines.open_all(&args.engines, &args.patience)?;
    let files = input::cases_in(paths).map_err(Failure::Input)?;
    if files.is_empty() {
        output::remark("nothing to replay: there is no .graph or .json file");
    }
    let mut rows = vec![vec![painted(BOLD, "case")]];
    rows[0].extend(engines.iter().map(|engine| painted(BOLD, engine.name())));
    let mut findings = Vec::new();
    let mut status = Status::Agree;
    let mut disagreements = 0;
    for file in &files {
        let case = match input::case(file) {
            Ok(case) => case,
            Err(message) => {
                output::complain(&message);
                let names = engines.iter().map(|engine| engine.name());
                items.extend(names.map(|name| Item::unread(name, file, &message)));
                status = status.max(Status::BadInput);
                continue;
            }
        };
        let outcomes = judge_case(&case, &mut engines, 2, 1);
        rows.push(row(file, &outcomes));
        let mut faults = Vec::new();
        for (outcome, engine) in outcomes.iter().zip(&engines) {
            let (engine_name, name) = (engine.name().to_string(), file.display().to_string());
            items.push(Item {
                mark: Mark::of(outcome, &engine_name, &name),
                engine: engine_name,
                file: Some(name.clone()),
                name,
            });
            match outcome {
                Outcome::Finding(class, message) => {
                    let finding = output::finding(*class, message);
                    findings.push(format!("{}, {}: {finding}", file.display(), engine.name()));
                    if outcome.is_finding() {
                        status = status.max(Status::Disagree);
                        disagreements += 1;
                    }
                }
                Outcome::Failed(message) => faults.push(message.as_str()),
                _ => {}
            }
        }
        // what is wrong with the case itself, every engine finds
        faults.dedup();
        for message in faults {
            output::complain(&format!("{}: {message}", file.display()));
            status = status.max(Status::BadInput);
        }
    }
    reports.write("secant replay", &items)?;
    if !args.reports.paths().any(|path| output::is_stdout(path)) {
        let mut out = output::stdout();
        write!(out, "{}", output::table(&rows))?;
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
    }
    let count = rows.len() - 1;
    output::remark(&format!("{count} cases, {disagreements} disagreements"));
    Ok(status)
}

fn row(file: &Path, outcomes: &[Outcome]) -> Vec<String> {
    let words = outcomes.iter().map(|outcome| match outcome {
        Outcome::Agree => painted(GREEN, "agree"),
        Outcome::Undecided(reason) => painted(YELLOW, reason),
        Outcome::Unconfirmed(..) => painted(YELLOW, "unconfirmed"),
        Outcome::Unsupported(_) => "unsupported".into(),
        Outcome::Failed(_) => painted(RED, "failed"),
        Outcome::Finding(Class::Convention, _) => painted(YELLOW, Class::Convention),
        Outcome::Finding(class, _) => painted(RED, class),
    });
    std::iter::once(file.display().to_string())
        .chain(words)
        .collect()
}
