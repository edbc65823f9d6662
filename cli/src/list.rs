//! `secant engines`.

use crate::engines::{Engines, Patience};
use crate::output::{self, BOLD, Failure, Status, painted};
use secant::engine::{Capabilities, Engine};
use secant::op::Kind;
use serde_json::{Map, Value, json};
use std::io::Write;

/// The engines that are here, and which operations each has.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  secant engines
  secant engines --json --engine 'python3 engines/python/jax_engine.py'")]
pub(crate) struct Args {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// One more engine: a command line.
    #[arg(long = "engine", value_name = "E")]
    engines: Vec<String>,
    #[command(flatten)]
    patience: Patience,
}

fn has(capabilities: &Capabilities, op: &str) -> bool {
    let ops = capabilities.ops.as_ref();
    ops.is_none_or(|ops| ops.contains(op))
}

pub(crate) fn run(args: &Args, engines: Engines) -> Result<Status, Failure> {
    let mut names = engines.names();
    for name in &args.engines {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let engines = engines.open_all(&names, &args.patience)?;
    let text = match args.json {
        true => format!("{:#}\n", as_json(&names, &engines)),
        false => as_tables(&engines),
    };
    write!(output::stdout(), "{text}")?;
    Ok(Status::Agree)
}

fn dtypes(capabilities: &Capabilities) -> Vec<&'static str> {
    capabilities
        .dtypes
        .iter()
        .map(|dtype| dtype.name())
        .collect()
}

fn modes(capabilities: &Capabilities) -> Vec<&'static str> {
    capabilities.modes.iter().map(|mode| mode.name()).collect()
}

fn as_json(names: &[String], engines: &[Box<dyn Engine>]) -> Value {
    let described = names.iter().zip(engines).map(|(asked, engine)| {
        let capabilities = engine.capabilities();
        json!({
            "name": engine.name(),
            "version": capabilities.version,
            "command": (asked != engine.name()).then_some(asked),
            "dtypes": dtypes(capabilities),
            "modes": modes(capabilities),
        })
    });
    let ops = Kind::all().map(|kind| {
        let with = engines
            .iter()
            .filter(|engine| has(engine.capabilities(), kind.name()));
        let with: Vec<&str> = with.map(|engine| engine.name()).collect();
        (kind.name().to_string(), json!(with))
    });
    json!({"engines": described.collect::<Value>(), "ops": ops.collect::<Map<_, _>>()})
}

fn as_tables(engines: &[Box<dyn Engine>]) -> String {
    let head = ["engine", "version", "dtypes", "derivatives", "operations"];
    let mut rows = vec![head.map(|cell| painted(BOLD, cell)).to_vec()];
    let mut matrix = vec![vec![painted(BOLD, "operation")]];
    for engine in engines {
        let capabilities = engine.capabilities();
        let count = Kind::all()
            .filter(|kind| has(capabilities, kind.name()))
            .count();
        rows.push(vec![
            engine.name().to_string(),
            capabilities.version.clone(),
            dtypes(capabilities).join(" "),
            modes(capabilities).join(" "),
            count.to_string(),
        ]);
        matrix[0].push(painted(BOLD, engine.name()));
    }
    for kind in Kind::all() {
        let marks = engines
            .iter()
            .map(|engine| match has(engine.capabilities(), kind.name()) {
                true => "x".to_string(),
                false => "-".to_string(),
            });
        let mut row = vec![kind.name().to_string()];
        row.extend(marks);
        matrix.push(row);
    }
    format!("{}\n{}", output::table(&rows), output::table(&matrix))
}
