//! `secant fuzz`.

use crate::ci::{self, Reports};
use crate::engines::{self, Engines, Patience};
use crate::output::{self, BOLD, Failure, GREEN, RED, Status, Target, exit_status, painted};
use crate::page;
use crate::progress;
use crate::replay::REGRESSIONS;
use crate::resume::Resume;
use crate::shard::{self, Shard};
use secant::Dtype;
use secant::engine::EngineError;
use secant::fuzz::{CampaignError, Factory, Finding, Progress, Scope, Settings, Standing, Summary};
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Run random programs through engines, and hold what they answer against finite differences.
#[derive(clap::Args)]
#[command(after_help = concat!("\
Examples:
  secant fuzz                                              10,000 cases of our own four engines
  secant fuzz --engine 'python3 engines/python/jax_engine.py' --points 20 --seconds 60
  secant fuzz --ops matmul,softmax --dtype f32 --order 2 --json -
  secant fuzz --seconds 86400 --resume run.state           again after a crash: it goes on
  mpirun -n 8 secant fuzz --json part.%.json && secant merge part.*.json

The cases depend on the seed, the options and the operations that the engines have, not on --jobs
or --shard: each engine in turn has programs of its own operations. Findings are saved
as they are found, and `secant replay` judges them again. Ctrl-C ends the run and prints what was
found so far; with --resume the same command goes on from there.

In the name of a file that is written, % is the number of the shard. Where mpirun, srun or a job
has given us the shard, a name without it gets the number before its extension: out.3.json. Such a part ends with 0 also
when it found something, as launchers kill all when one fails: `secant merge` tells with 1.

", exit_status!()))]
pub(crate) struct Args {
    /// An engine: a built-in name or a command line [default: tape, graph, scalar and dual].
    #[arg(long = "engine", value_name = "E")]
    engines: Vec<String>,
    /// How many cases, all shards together [default: 10000].
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    cases: Option<u64>,
    /// For how long, all that --resume adds up together; what is being looked into has a tenth more.
    #[arg(long, value_name = "S", value_parser = engines::seconds)]
    seconds: Option<f64>,
    /// Where the random numbers start.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Only each N-th program, from the K-th [default: as mpirun, srun or a Kubernetes indexed job say].
    #[arg(long, value_name = "K/N", value_parser = shard::parse)]
    shard: Option<(u64, u64)>,
    /// Only these operations.
    #[arg(long, value_name = "a,b,..", value_delimiter = ',')]
    ops: Vec<String>,
    /// Only this arithmetic [default: both].
    #[arg(long, value_name = "f32|f64", value_parser = dtype)]
    dtype: Option<Dtype>,
    /// 1 for values and gradients; 2 also for tangents and Hessian-vector products.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    order: u8,
    /// The largest number of operations in a program.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_nodes: Option<u32>,
    /// How many cases in a row are one program at several points, for engines that compile each program.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    points: u64,
    /// How many threads; 0 for one a processor.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    jobs: u16,
    /// Where findings are saved [default: regressions, if there are any].
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Go on with the run in this file, or start one; it is up to date whenever the run is killed.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Write a directory for each finding: the case, a program that shows it, a report to file [default: findings, for
    /// engines that are not secant's own, unless --save says where].
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
    /// Write the summary as JSON; - is stdout, and then nothing else goes there.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the summary as a page of HTML.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    reports: Reports,
    /// No progress bar, and no table if all agree.
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    patience: Patience,
}

fn dtype(word: &str) -> Result<Dtype, String> {
    Dtype::from_name(word).ok_or_else(|| "expected f32 or f64".into())
}

pub(crate) fn run(args: Args, engines: Engines) -> Result<Status, Failure> {
    let shard = shard::find(args.shard, |name| std::env::var(name).ok())?;
    let mut names = args.engines.clone();
    if names.is_empty() {
        names = engines::ours();
    }
    let settings = settings(&args, &names, &shard)?;
    let open = |path: &PathBuf| Target::open(&shard.file(path));
    let mut json = args.json.as_ref().map(open).transpose()?;
    let mut page = args.report.as_ref().map(open).transpose()?;
    let mut reports = args.reports.open(|path| shard.file(path))?;
    drop(engines.open_all(&names, &args.patience)?);
    let factories: Vec<Factory> = names
        .iter()
        .map(|name| engines.factory(name, &args.patience))
        .collect();
    let (mut resume, mut standing) = (None, Standing::default());
    if let Some(path) = &args.resume {
        let (file, found) = Resume::open(&shard.file(path), identity(&args, &names, &settings))?;
        (resume, standing) = (Some(file), found);
    }
    if let Some(remark) = shard.remark().filter(|_| !args.quiet) {
        output::remark(&remark);
    }
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    // a second Ctrl-C ends the process, should an engine not let go
    let _ = ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    let bar = progress::bar(&settings, args.quiet);
    // the run makes sure that findings can be saved; where nobody asked for a directory and there are none, it goes again
    let given = [
        (&settings.save, &args.save),
        (&settings.findings, &args.findings),
    ];
    let unasked = given.into_iter().filter(|(_, asked)| asked.is_none());
    let unasked = unasked.filter_map(|(directory, _)| directory.clone());
    let unasked: Vec<PathBuf> = unasked.filter(|directory| !directory.exists()).collect();
    let watch = |so_far: &Progress| {
        progress::show(&bar, so_far);
        !stopped.load(Ordering::Relaxed)
    };
    let mut keep = |standing: &Standing| {
        if let Some(file) = &mut resume {
            file.keep(standing);
        }
    };
    let summary = secant::fuzz::resume(&settings, &factories, standing, &mut keep, &watch);
    bar.finish_and_clear();
    for directory in unasked {
        // one with findings in it stays
        let _ = std::fs::remove_dir(directory);
    }
    let summary = summary.map_err(|e| match e {
        CampaignError::Engine { error, .. } => Failure::Engine(match error {
            EngineError::Failed(message) => message,
            other => other.to_string(),
        }),
        CampaignError::Save { .. } => Failure::Input(format!(
            "{e}; choose another with --save DIR or --findings DIR"
        )),
        CampaignError::Settings(message) => Failure::Input(match &args.resume {
            Some(path) => format!("{}: {message}", path.display()),
            None => message,
        }),
    })?;
    if stopped.load(Ordering::Relaxed) {
        output::remark(match args.resume {
            Some(_) => "interrupted: this is what was found so far; the same command goes on",
            None => "interrupted: this is what was found so far",
        });
    }
    for tally in &summary.engines {
        let judged = tally.agree + tally.disagree + tally.undecided;
        if judged == 0 && summary.cases > 0 {
            output::remark(&format!(
                "nothing is known of {}: {} cases are unsupported, {} failed",
                tally.name, tally.unsupported, tally.failed
            ));
        }
    }
    if let Some(json) = &mut json {
        json.line(&self::json(&summary)?)?;
    }
    if let Some(page) = &mut page {
        page.write(&page::of_campaign(&rows(&summary), &sections(&summary)))?;
    }
    reports.write("secant fuzz", &ci::of_campaign(&summary))?;
    let status = status(&summary);
    let taken = [&args.json, &args.report].into_iter().flatten();
    let mut taken = taken.chain(args.reports.paths());
    let is_taken = taken.any(|path| output::is_stdout(path));
    let is_boring = args.quiet && status == Status::Agree;
    if !is_taken && !is_boring {
        print(&summary)?;
    }
    match resume.and_then(|file| file.trouble) {
        Some(trouble) => Err(Failure::Input(trouble)),
        // launchers end all parts when one fails; the verdict is that of `merge`
        None if shard.is_launched() => Ok(Status::Agree),
        None => Ok(status),
    }
}

/// Where the reports on other people's engines go, as `regressions` is for cases.
const FINDINGS: &str = "findings";

/// All that the cases, and what is made of them, depend on. How many there are does not belong to it: a run can be made
/// longer.
fn identity(args: &Args, engines: &[String], settings: &Settings) -> Map<String, Value> {
    let (k, n) = settings.shard;
    let of = json!({
        "secant": env!("CARGO_PKG_VERSION"),
        "engines": engines,
        "seed": settings.seed,
        "shard": format!("{k}/{n}"),
        "ops": args.ops,
        "dtype": args.dtype.map(Dtype::name),
        "order": args.order,
        "max-nodes": args.max_nodes,
        "points": args.points,
        "patience": args.patience.words(),
    });
    match of {
        Value::Object(of) => of,
        _ => unreachable!("it is written as an object"),
    }
}

fn settings(args: &Args, names: &[String], shard: &Shard) -> Result<Settings, Failure> {
    let mut scope = match &args.ops[..] {
        [] => Scope::default(),
        ops => Scope::only(ops.iter().map(|op| op.trim()))
            .map_err(|e| Failure::Input(format!("{e}; `secant ops` names them")))?,
    };
    scope.dtype = args.dtype;
    if let Some(max_nodes) = args.max_nodes {
        scope.max_nodes = max_nodes as usize;
    }
    let save = args.save.clone().unwrap_or_else(|| REGRESSIONS.into());
    // what is wrong in an engine of somebody else's is told to them
    let is_told = args.save.is_none() && !names.iter().all(|name| engines::is_own(name));
    let findings = args.findings.clone();
    let findings = findings.or_else(|| is_told.then(|| FINDINGS.into()));
    Ok(Settings {
        cases: match args.seconds {
            Some(_) => None,
            None => Some(args.cases.unwrap_or(10_000)),
        },
        seconds: args.seconds,
        seed: args.seed,
        points: args.points,
        shard: shard.part,
        scope,
        order: args.order,
        jobs: args.jobs.into(),
        save: Some(save),
        findings,
        write: secant::Case::to_text,
        ..Settings::default()
    })
}

/// 1 if something is wrong.
pub(crate) fn status(summary: &Summary) -> Status {
    match summary.disagreements() {
        0 => Status::Agree,
        _ => Status::Disagree,
    }
}

/// The summary as `--json` writes it.
pub(crate) fn json(summary: &Summary) -> Result<Value, Failure> {
    serde_json::to_value(summary).map_err(|e| Failure::Input(e.to_string()))
}

fn rows(summary: &Summary) -> Vec<Vec<String>> {
    let head = [
        "engine",
        "agree",
        "disagree",
        "undecided",
        "unsupported",
        "failed",
        "cases/s",
    ];
    let mut rows = vec![head.map(|cell| painted(BOLD, cell)).to_vec()];
    for tally in &summary.engines {
        let disagree = match tally.disagree {
            0 => tally.disagree.to_string(),
            _ => painted(RED, tally.disagree),
        };
        rows.push(vec![
            tally.name.clone(),
            painted(GREEN, tally.agree),
            disagree,
            tally.undecided.to_string(),
            tally.unsupported.to_string(),
            tally.failed.to_string(),
            format!("{:.0}", summary.cases_per_second),
        ]);
    }
    rows
}

/// What was found, as headings and texts.
fn sections(summary: &Summary) -> Vec<(String, String)> {
    let section = |finding: &Finding, unconfirmed: &str| {
        let (engine, class, ops) = (&finding.engine, finding.class, finding.operations());
        let mut heading = format!("{engine}: {unconfirmed}{class} in {ops}");
        if !finding.conditions.is_empty() {
            heading.push_str(&format!(": {}", finding.conditions));
        }
        let cases = match finding.count {
            0 | 1 => format!("case {}", finding.case),
            n => format!("{n} cases, the first {}", finding.case),
        };
        let mut text = format!("{}\n{cases}", finding.message);
        if unconfirmed.is_empty() {
            let file = finding.file.as_deref().unwrap_or("not saved");
            text += &format!(", saved as {file}");
        }
        if let Some(report) = &finding.report {
            text += &format!("\nreport in {report}");
        }
        (heading, text)
    };
    let findings = summary.findings.iter().map(|finding| section(finding, ""));
    let unconfirmed = summary.unconfirmed.iter();
    findings
        .chain(unconfirmed.map(|finding| section(finding, "unconfirmed ")))
        .collect()
}

/// The summary for people, on stdout.
pub(crate) fn print(summary: &Summary) -> Result<(), Failure> {
    let mut out = output::stdout();
    write!(out, "{}", output::table(&rows(summary)))?;
    let reasons = summary.undecided.iter();
    let reasons: Vec<String> = reasons.map(|(reason, n)| format!("{n} {reason}")).collect();
    if !reasons.is_empty() {
        writeln!(out, "undecided: {}", reasons.join(", "))?;
    }
    for (heading, text) in sections(summary) {
        writeln!(out, "\n{}", painted(RED, heading))?;
        for line in text.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    writeln!(
        out,
        "{} cases in {:.1} s, seed {}, {} disagreements",
        summary.cases,
        summary.seconds,
        summary.seed,
        summary.disagreements()
    )?;
    Ok(())
}
