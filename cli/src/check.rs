//! `secant check`.

use crate::checked::Checked;
use crate::ci::{Item, Reports};
use crate::claim;
use crate::classic;
use crate::engines::{Engines, Patience};
use crate::input;
use crate::output::{self, Failure, Status, Target};
use crate::page::{self, Evidence, Findings, Section};
use clap::ValueEnum;
use secant::Case;
use secant::check::{Blame, Class, Inquiry, Judge, Method, Options, Verdict, blame, blame_claim};
use secant::engine::{Engine, EngineError, Evaluation, Mode, Named, Want, evaluate_caught};
use secant::fuzz::direction;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check the gradient of a case: an engine's, or one that somebody claims.
#[derive(clap::Args)]
#[command(after_help = concat!("\
Examples:
  secant check net.graph                                   our own engine's gradient
  secant check net.graph --claim mine.json                 yours: {\"gradient\":{\"w\":[..]}}
  secant check net.graph --claim mine.json --method classic
  secant check cases/*.graph --engine 'python3 engines/python/jax_engine.py' --json -

A claim is flat and row-major, or nested as the shape says; numbers that are not finite are the
strings \"nan\", \"inf\" and \"-inf\". With --order 2 it holds \"hvp\" and its \"direction\".

Exit status:
  0  agree or undecided
  1  disagree; with --strict also undecided
  2  bad usage or bad input
  3  the engine could not be started"))]
pub(crate) struct Args {
    /// Cases: .graph or .json files, or - for stdin.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The engine: a built-in name or a command line [default: tape].
    #[arg(long, value_name = "E", conflicts_with = "claim")]
    engine: Option<String>,
    /// Check the derivatives in this file; no engine is needed.
    #[arg(long, value_name = "FILE.json")]
    claim: Option<PathBuf>,
    /// 1 for the gradient; 2 also for a Hessian-vector product.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    order: u8,
    /// All elements at once (auto), each by itself (full), or the course's rule (classic).
    #[arg(long, value_enum, default_value = "auto")]
    method: How,
    /// What cannot be decided counts as wrong.
    #[arg(long)]
    strict: bool,
    /// Write a line of JSON for each case; - is stdout, and then nothing else goes there.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page of HTML: what is wrong, in tables and pictures; - is stdout.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    patience: Patience,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum How {
    Auto,
    Classic,
    Full,
}

/// Who answers for a case.
enum Claimant<'a> {
    Engine(Box<dyn Engine>),
    File(&'a Path),
}

impl Claimant<'_> {
    fn name(&self) -> String {
        match self {
            Claimant::Engine(engine) => engine.name().into(),
            Claimant::File(path) => path.display().to_string(),
        }
    }
}

pub(crate) fn run(args: &Args, engines: Engines) -> Result<Status, Failure> {
    if args.method == How::Classic && args.order != 1 {
        let message = "--method classic is a rule for gradients: leave --order 2 out";
        return Err(Failure::Input(message.into()));
    }
    let mut claimant = match &args.claim {
        Some(_) if args.files.len() != 1 => {
            let message = "--claim is about one case: give one FILE";
            return Err(Failure::Input(message.into()));
        }
        Some(path) => Claimant::File(path),
        None => {
            let engine = args.engine.as_deref().unwrap_or("tape");
            Claimant::Engine(engines.open(engine, &args.patience)?)
        }
    };
    let mut json = args.json.as_deref().map(Target::open).transpose()?;
    let mut page = args.report.as_deref().map(Target::open).transpose()?;
    let mut reports = args.reports.open(Path::to_path_buf)?;
    let mut items = Vec::new();
    let stdout_is_taken = [&args.json, &args.report]
        .into_iter()
        .flatten()
        .chain(args.reports.paths())
        .any(|path| output::is_stdout(path));
    let mut status = Status::Agree;
    let (mut sections, mut written) = (Vec::new(), 0);
    for (place, file) in args.files.iter().enumerate() {
        let room = page::room(written, args.files.len() - place);
        let (checked, section) = match check(args, &mut claimant, file, room) {
            Ok(found) => found,
            Err(message) => {
                // the other files are still looked at
                output::complain(&message);
                items.push(Item::unread(&claimant.name(), file, &message));
                sections.push(Section::unread(file.display().to_string(), &message));
                status = status.max(Status::BadInput);
                continue;
            }
        };
        let doubt = args.strict && checked.verdict == Verdict::Undecided;
        status = status.max(match doubt {
            true => Status::Disagree,
            false => Status::of(checked.verdict),
        });
        if !stdout_is_taken {
            write!(output::stdout(), "{}", checked.words())?;
        }
        if let Some(json) = &mut json {
            json.line(&checked.json())?;
        }
        items.push(checked.item());
        if let Some(section) = section {
            written += section.html.len();
            sections.push(section);
        }
    }
    if let Some(page) = &mut page {
        page.write(&page::of_cases(&sections))?;
    }
    reports.write("secant check", &items)?;
    Ok(status)
}

/// What is found of a file, and its section of the page, if there is to be one.
fn check(
    args: &Args,
    claimant: &mut Claimant<'_>,
    file: &Path,
    room: usize,
) -> Result<(Checked, Option<Section>), String> {
    let case = input::case(file)?;
    let name = file.display().to_string();
    let options = Options {
        method: match args.method {
            How::Full => Method::Full,
            How::Auto | How::Classic => Method::Projection,
        },
        ..Options::for_dtype(case.dtype)
    };
    let mut judge = Judge::new(&case, options).map_err(|e| format!("{name}: {e}"))?;
    let (engine, asked) = match claimant {
        Claimant::File(path) => {
            let claim = claim::read(path, &case, args.order)?;
            (path.display().to_string(), Ok((claim.want, claim.answer)))
        }
        Claimant::Engine(engine) => {
            let want = wanted(&case, args.order, engine.as_ref());
            let answer =
                evaluate_caught(engine.as_mut(), &case, &want).map(|answer| (want, answer));
            (engine.name().to_string(), answer)
        }
    };
    let mut checked = Checked {
        file: name,
        engine,
        verdict: Verdict::Undecided,
        report: None,
        classic: None,
        message: None,
        guilty: Vec::new(),
        sentences: Vec::new(),
    };
    let mut claimed = None;
    let mut evidence = Evidence::default();
    match asked {
        Err(EngineError::Invalid(message)) => {
            let Checked { file, engine, .. } = &checked;
            return Err(format!(
                "{file}: the engine {engine} refuses the case: {message}"
            ));
        }
        Err(EngineError::Unsupported(what)) => checked.message = Some(("unsupported", what)),
        Err(e @ (EngineError::Failed(_) | EngineError::Timeout(_) | EngineError::Gone(_))) => {
            let class = match e {
                EngineError::Timeout(_) => Class::Timeout,
                _ => Class::Crash,
            };
            checked.verdict = Verdict::Disagree;
            checked.message = Some((class.name(), e.to_string()));
        }
        Ok((want, answer)) => {
            checked.judge(args, &case, &mut judge, &want, &answer);
            if args.report.is_some() {
                evidence = gathered(&case, &mut judge, &want, &answer);
            }
            claimed = answer.gradient;
        }
    }
    let crashed = matches!(checked.message, Some((word, _)) if word == Class::Crash.name());
    if checked.verdict == Verdict::Disagree && (checked.report.is_some() || crashed) {
        let found = guilty(&case, claimant, claimed.as_ref()).unwrap_or_default();
        checked.blame(&found, &case.graph);
        let suspects = found.suspects.iter();
        evidence.marked = suspects
            .map(|suspect| (suspect.node, suspect.to_string()))
            .collect();
    }
    let section = args.report.is_some().then(|| {
        let findings = Findings {
            checked: &checked,
            case: &case,
            evidence: &evidence,
            command: &again(args, file),
        };
        Section::new(&findings, room)
    });
    Ok((checked, section))
}

/// What a page shows beside the verdict. What the oracle found for the verdict is not asked again.
fn gathered(case: &Case, judge: &mut Judge<'_>, want: &Want, answer: &Evaluation) -> Evidence {
    let mut parts = Vec::new();
    let none = Want::default();
    if want.gradient {
        let gradient = true;
        let part = Want {
            gradient,
            ..none.clone()
        };
        parts.push(("gradient", judge.judge(answer, &part)));
    }
    if want.direction.is_some() {
        let direction = want.direction.clone();
        let part = Want { direction, ..none };
        parts.push(("Hessian-vector product", judge.judge(answer, &part)));
    }
    let gradient = answer.gradient.as_ref();
    let claimed = gradient.and_then(|gradient| classic::claimed(case, gradient).ok());
    // without parameters there is nothing to move
    let claimed = claimed.filter(|claimed| claimed.count() > 0);
    Evidence {
        parts,
        curve: claimed.map(|claimed| judge.curve(&claimed, &direction(case, 1))),
        marked: Vec::new(),
    }
}

/// The command that finds the same of a file again.
fn again(args: &Args, file: &Path) -> String {
    // a name that starts with a dash is no option
    let named = |path: &Path| match path.to_string_lossy() {
        name if name.starts_with('-') && name != "-" => format!("./{name}"),
        name => name.into_owned(),
    };
    let mut words: Vec<String> = ["secant", "check"].map(String::from).to_vec();
    words.push(named(file));
    let mut add = |option: &str, value: String| words.extend([option.to_string(), value]);
    if let Some(engine) = &args.engine {
        add("--engine", engine.clone());
    }
    if let Some(claim) = &args.claim {
        add("--claim", named(claim));
    }
    if args.order != 1 {
        add("--order", args.order.to_string());
    }
    match args.method {
        How::Auto => {}
        How::Classic => add("--method", "classic".into()),
        How::Full => add("--method", "full".into()),
    }
    words.extend(args.patience.words());
    if args.strict {
        words.push("--strict".into());
    }
    shell_words::join(words)
}

/// Who is to blame for a wrong gradient: an engine is asked again about parts of the program, numbers have to tell by
/// themselves.
fn guilty(case: &Case, claimant: &mut Claimant<'_>, claimed: Option<&Named>) -> Option<Blame> {
    let inquiry = Inquiry::of(case);
    match claimant {
        Claimant::Engine(engine) => blame(case, engine.as_mut(), &inquiry).ok(),
        Claimant::File(_) => {
            let claim = classic::claimed(case, claimed?).ok()?;
            blame_claim(case, &claim, &inquiry).ok()
        }
    }
}

/// What is asked of an engine.
fn wanted(case: &Case, order: u8, engine: &dyn Engine) -> Want {
    let mut want = Want::gradient();
    if order >= 2 {
        let has = engine.capabilities().modes.contains(&Mode::Jvp);
        want.tangents = has.then(|| direction(case, 1));
        want.direction = Some(direction(case, 2));
    }
    want
}

impl Checked {
    fn judge(
        &mut self,
        args: &Args,
        case: &Case,
        judge: &mut Judge<'_>,
        want: &Want,
        answer: &Evaluation,
    ) {
        let report = judge.judge(answer, want);
        self.verdict = report.verdict;
        let asked = args.method == How::Classic;
        let told =
            (args.json.is_some() || args.report.is_some()) && case.params.count() <= classic::CHEAP;
        if let (true, Some(gradient)) = (asked || told, &answer.gradient) {
            match classic::check(case, gradient) {
                Ok(classic) => self.classic = Some(classic),
                Err(message) if asked => self.message = Some(("wrong-shape", message)),
                Err(_) => {}
            }
        }
        if asked {
            let passes = self.classic.as_ref().is_some_and(|classic| classic.passes);
            self.verdict = match passes {
                true => Verdict::Agree,
                false => Verdict::Disagree,
            };
        } else {
            self.report = Some(report);
        }
    }
}
