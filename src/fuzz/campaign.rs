//! A run over many cases.
//!
//! Case k depends on the seed and on k alone, so the same cases are judged however many threads share them and however
//! the run is divided into shards. A finding is made small and written to its file before the next case is drawn.

use super::conditions::{Conditions, Seen, conditions};
use super::filing::{self, word};
use super::judging::{Bench, Care, Examination, Outcome, judge_case};
use super::minimise::{culprit, minimise_within};
use super::recipe::Recipe;
use super::scope::Scope;
use super::summary::{EngineTally, Finding, Group, KEPT, Summary, count, keep_first};
use crate::check::Class;
use crate::engine::{Engine, EngineError};
use crate::graph::Case;
use crate::op::splitmix64;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How often the property is asked while a finding is made small.
const ASKED: usize = 1500;

/// Programs of more operations are not asked what they depend on: nobody reads it.
const SWEPT: usize = 3;

/// How often the caller is told of the progress.
const TICK: Duration = Duration::from_millis(50);

/// How to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many cases the whole run has, all shards together; none for no limit.
    pub cases: Option<u64>,
    /// For how long to go on; none for no limit.
    pub seconds: Option<f64>,
    /// The seed.
    pub seed: u64,
    /// Which part of how many to run: each n-th case, from the k-th.
    pub shard: (u64, u64),
    /// What to draw from.
    pub scope: Scope,
    /// 1 for values and gradients; 2 also for tangents and Hessian-vector products.
    pub order: u8,
    /// How many threads; 0 for one a processor.
    pub jobs: usize,
    /// The directory that findings are saved to.
    pub save: Option<PathBuf>,
    /// The directory that gets a directory for each finding, with a reproducer and a report.
    pub findings: Option<PathBuf>,
    /// Whether findings are made small.
    pub minimise: bool,
    /// How a case is written to a file.
    pub write: fn(&Case) -> String,
}

impl Default for Settings {
    /// 10,000 cases of everything, of first order, on all processors; nothing is saved.
    fn default() -> Self {
        Self {
            cases: Some(10_000),
            seconds: None,
            seed: 1,
            shard: (0, 1),
            scope: Scope::default(),
            order: 1,
            jobs: 0,
            save: None,
            findings: None,
            minimise: true,
            write: Case::to_text,
        }
    }
}

/// Makes an engine; each thread has its own.
pub type Factory = Box<dyn Fn() -> Result<Box<dyn Engine>, EngineError> + Send + Sync>;

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Cases judged.
    pub cases: u64,
    /// Cases that there will be in this shard, if that is known.
    pub planned: Option<u64>,
    /// Seconds since the start.
    pub seconds: f64,
    /// Answers that were wrong.
    pub disagreements: u64,
    /// Answers that could not be decided.
    pub undecided: u64,
}

/// Why a run did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CampaignError {
    /// The settings contradict themselves.
    Settings(String),
    /// An engine could not be started.
    Engine {
        /// Its place among the engines.
        place: usize,
        /// Why.
        error: EngineError,
    },
    /// Findings could not be saved.
    Save {
        /// The directory.
        directory: PathBuf,
        /// Why.
        message: String,
    },
}

impl fmt::Display for CampaignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CampaignError::Settings(message) => f.write_str(message),
            CampaignError::Engine { place, error } => {
                write!(f, "engine {} could not be started: {error}", place + 1)
            }
            CampaignError::Save { directory, message } => {
                write!(
                    f,
                    "findings cannot be saved to {}: {message}",
                    directory.display()
                )
            }
        }
    }
}

impl std::error::Error for CampaignError {}

/// What the threads share.
struct Shared<'a> {
    settings: &'a Settings,
    /// The next case, counted within the shard.
    next: AtomicU64,
    planned: Option<u64>,
    deadline: Option<Instant>,
    stop: AtomicBool,
    done: AtomicU64,
    disagreements: AtomicU64,
    undecided: AtomicU64,
    findings: Mutex<Found>,
    unconfirmed: Mutex<Found>,
}

/// What was found, and in how many cases each of its like.
#[derive(Default)]
struct Found {
    kept: Vec<Finding>,
    counts: BTreeMap<Group, u64>,
}

impl Found {
    /// Whether enough of its like are known from earlier cases.
    fn is_known(&self, finding: &Finding) -> bool {
        let group = finding.group();
        let earlier = self.kept.iter().filter(|other| other.group() == group);
        let earlier = earlier.flat_map(|other| &other.cases);
        earlier.filter(|&&case| case < finding.case).count() >= KEPT
    }

    /// Counts a case, and tells whether enough of its like are known.
    fn count(&mut self, finding: &Finding) -> bool {
        *self.counts.entry(finding.group()).or_insert(0) += 1;
        self.is_known(finding)
    }

    /// As [`Found::count`], but only if there are enough.
    fn has_enough(&mut self, finding: &Finding) -> bool {
        self.is_known(finding) && self.count(finding)
    }

    fn keep(&mut self, finding: Finding) {
        self.kept.push(finding);
        keep_first(&mut self.kept, &self.counts);
    }

    fn finish(mut self) -> Vec<Finding> {
        keep_first(&mut self.kept, &self.counts);
        self.kept
    }
}

/// Runs, until all cases are judged, the time is over, or `watch` answers false.
///
/// ```
/// use secant::engine::{Builtin, Way};
/// use secant::fuzz::{Factory, Settings, run};
/// let tape: Factory = Box::new(|| Ok(Box::new(Builtin::new(Way::Tape))));
/// let settings = Settings { cases: Some(20), ..Settings::default() };
/// let summary = run(&settings, &[tape], &|_| true)?;
/// assert_eq!((summary.cases, summary.disagreements()), (20, 0));
/// # Ok::<(), secant::fuzz::CampaignError>(())
/// ```
///
/// # Errors
/// If the settings contradict themselves or the directory for findings cannot be written, before anything is started; or
/// if an engine cannot be started.
pub fn run(
    settings: &Settings,
    engines: &[Factory],
    watch: &(dyn Fn(&Progress) -> bool + Sync),
) -> Result<Summary, CampaignError> {
    validate(settings)?;
    for directory in [&settings.save, &settings.findings].into_iter().flatten() {
        writable(directory)?;
    }
    let start = Instant::now();
    let (part, parts) = settings.shard;
    // of the numbers below n, how many leave the remainder `part`
    let planned = settings
        .cases
        .map(|n| n.saturating_sub(part).div_ceil(parts));
    let shared = Shared {
        settings,
        next: AtomicU64::new(0),
        planned,
        deadline: settings
            .seconds
            .map(|seconds| start + Duration::from_secs_f64(seconds)),
        stop: AtomicBool::new(false),
        done: AtomicU64::new(0),
        disagreements: AtomicU64::new(0),
        undecided: AtomicU64::new(0),
        findings: Mutex::default(),
        unconfirmed: Mutex::default(),
    };
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = match settings.jobs {
        0 => processors(),
        jobs => jobs,
    };
    let mut summary = Summary {
        secant: env!("CARGO_PKG_VERSION").into(),
        seed: settings.seed,
        shard: settings.shard,
        ..Summary::default()
    };
    let (sender, results) = mpsc::channel();
    let work = |sender: mpsc::Sender<_>| {
        // a receiver that is gone has heard enough
        let _ = sender.send(start_engines(engines).map(|engines| shared.work(engines)));
    };
    crew(jobs, sender, &work, || {
        let mut failure = None;
        loop {
            match results.recv_timeout(TICK) {
                Ok(Ok(part)) => summary.merge(part),
                Ok(Err(e)) => {
                    shared.stop.store(true, Ordering::Relaxed);
                    failure = Some(e);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if !watch(&shared.progress(start)) {
                        shared.stop.store(true, Ordering::Relaxed);
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        watch(&shared.progress(start));
        failure.map_or(Ok(()), Err)
    })?;
    summary.shard = settings.shard;
    summary.seconds = start.elapsed().as_secs_f64();
    summary.cases_per_second = summary.cases as f64 / summary.seconds.max(1e-9);
    let found = |found: Mutex<Found>| {
        let found = found.into_inner();
        found.unwrap_or_else(PoisonError::into_inner).finish()
    };
    summary.findings = found(shared.findings);
    summary.unconfirmed = found(shared.unconfirmed);
    Ok(summary)
}

/// Starts `work` for each job, on threads of its own, and tends to it meanwhile.
#[cfg(feature = "parallel")]
fn crew<S: Clone + Send, R>(
    jobs: usize,
    sender: S,
    work: &(dyn Fn(S) + Sync),
    tend: impl FnOnce() -> R,
) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.expect("threads can be started");
    pool.in_place_scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(move |_| work(sender));
        }
        drop(sender);
        tend()
    })
}

/// Without the feature `parallel` there is one worker, however many jobs are asked for.
#[cfg(not(feature = "parallel"))]
fn crew<S: Clone + Send, R>(
    _jobs: usize,
    sender: S,
    work: &(dyn Fn(S) + Sync),
    tend: impl FnOnce() -> R,
) -> R {
    std::thread::scope(|scope| {
        scope.spawn(move || work(sender));
        tend()
    })
}

fn validate(settings: &Settings) -> Result<(), CampaignError> {
    let (part, parts) = settings.shard;
    let message = if part >= parts {
        format!("shard {part}/{parts}: the parts are 0 to one below their number")
    } else if settings.scope.is_empty() {
        "there is no operation to draw from".to_string()
    } else if settings.seconds.is_some_and(|s| !(0.0..1e9).contains(&s)) {
        "the number of seconds is out of range".to_string()
    } else {
        return Ok(());
    };
    Err(CampaignError::Settings(message))
}

/// Creates the directory, and a file in it for a moment.
fn writable(directory: &Path) -> Result<(), CampaignError> {
    let probe = directory.join(format!(".secant-{}", std::process::id()));
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(&probe, ""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| CampaignError::Save {
            directory: directory.into(),
            message: e.to_string(),
        })
}

fn start_engines(engines: &[Factory]) -> Result<Vec<Box<dyn Engine>>, CampaignError> {
    let started = engines
        .iter()
        .enumerate()
        .map(|(place, factory)| factory().map_err(|error| CampaignError::Engine { place, error }));
    started.collect()
}

impl Shared<'_> {
    fn progress(&self, start: Instant) -> Progress {
        Progress {
            cases: self.done.load(Ordering::Relaxed),
            planned: self.planned,
            seconds: start.elapsed().as_secs_f64(),
            disagreements: self.disagreements.load(Ordering::Relaxed),
            undecided: self.undecided.load(Ordering::Relaxed),
        }
    }

    /// Judges cases until there are no more.
    fn work(&self, mut engines: Vec<Box<dyn Engine>>) -> Summary {
        let names = engines.iter().map(|engine| engine.name().to_string());
        let tally = |name| EngineTally {
            name,
            ..EngineTally::default()
        };
        let mut part = Summary {
            secant: env!("CARGO_PKG_VERSION").into(),
            seed: self.settings.seed,
            shard: self.settings.shard,
            engines: names.map(tally).collect(),
            ..Summary::default()
        };
        let over = || {
            let late = self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline);
            late || self.stop.load(Ordering::Relaxed)
        };
        while !over() {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            if self.planned.is_some_and(|planned| turn >= planned) {
                break;
            }
            let (first, step) = self.settings.shard;
            self.judge(first + turn * step, &mut engines, &mut part);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        part
    }

    fn judge(&self, number: u64, engines: &mut [Box<dyn Engine>], part: &mut Summary) {
        let Settings { seed, order, .. } = *self.settings;
        let case = Recipe::random(seed, number, &self.settings.scope).decode(&self.settings.scope);
        part.cases += 1;
        part.coverage.add(&case);
        let outcomes = judge_case(&case, engines, order, splitmix64(seed ^ number));
        for (place, outcome) in outcomes.iter().enumerate() {
            let tally = &mut part.engines[place];
            match outcome {
                Outcome::Agree => tally.agree += 1,
                Outcome::Unsupported(_) => tally.unsupported += 1,
                Outcome::Failed(_) => tally.failed += 1,
                Outcome::Undecided(reason) => {
                    tally.undecided += 1;
                    self.undecided.fetch_add(1, Ordering::Relaxed);
                    count(&mut part.undecided, reason.name());
                }
                Outcome::Unconfirmed(class, message) => {
                    tally.undecided += 1;
                    self.undecided.fetch_add(1, Ordering::Relaxed);
                    count(&mut part.undecided, "unconfirmed");
                    let engine = engines[place].as_mut();
                    self.unconfirmed(number, &case, engine, *class, message);
                }
                Outcome::Finding(class, message) => {
                    if outcome.is_finding() {
                        tally.disagree += 1;
                        self.disagreements.fetch_add(1, Ordering::Relaxed);
                    } else {
                        tally.undecided += 1;
                        self.undecided.fetch_add(1, Ordering::Relaxed);
                        count(&mut part.undecided, class.name());
                    }
                    let engine = engines[place].as_mut();
                    self.finding(number, &case, engine, *class, message);
                }
            }
        }
    }

    /// What is known of a finding at first.
    fn start(&self, number: u64, case: &Case, engine: &dyn Engine, class: Class) -> Finding {
        Finding {
            engine: format!("{} {}", engine.name(), engine.capabilities().version),
            class,
            ops: operations(case),
            nodes: case.graph.operations(),
            file: None,
            message: String::new(),
            case: number,
            conditions: String::new(),
            count: 0,
            cases: vec![number],
            report: None,
        }
    }

    /// What an engine makes of a smaller case.
    fn look(&self, number: u64, case: &Case, engine: &mut dyn Engine, care: Care) -> Examination {
        if self.stop.load(Ordering::Relaxed) {
            // nobody waits for a smaller case
            return Outcome::Agree.into();
        }
        let Settings { seed, order, .. } = *self.settings;
        Bench::new(case, order, splitmix64(seed ^ number)).judge(engine, care)
    }

    /// Lists what the engine's own values do not confirm, unless enough of its like are known.
    fn unconfirmed(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) {
        let mut finding = self.start(number, case, engine, class);
        finding.message = message.into();
        if let Some(culprit) = culprit(case, |case| {
            let outcome = self.look(number, case, engine, Care::Quick).outcome;
            outcome.class() == Some(class)
        }) {
            finding.ops = operations(&culprit);
        }
        let mut unconfirmed = locked(&self.unconfirmed);
        if !unconfirmed.count(&finding) {
            unconfirmed.keep(finding);
        }
    }

    /// Makes a finding small and asks what it depends on, unless enough of its like are known from earlier cases, and
    /// saves it.
    fn finding(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) {
        let mut finding = self.start(number, case, engine, class);
        finding.message = message.into();
        let mut small = case.clone();
        let mut examination = None;
        let mut evidence = String::new();
        // every question about a timeout takes as long as the engine is given
        let patient = self.settings.minimise && class != Class::Timeout;
        if patient {
            // a choice that is legal in a long program may turn out to be none in a short one
            let like = |found: Option<Class>| match class {
                Class::Convention => found == Some(class) || found == Some(Class::WrongGradient),
                _ => found == Some(class),
            };
            let mut quick = |case: &Case| {
                let outcome = self.look(number, case, engine, Care::Quick).outcome;
                outcome.class().filter(|&found| like(Some(found)))
            };
            if let Some(culprit) = culprit(case, |case| quick(case).is_some()) {
                finding.ops = operations(&culprit);
                finding.class = quick(&culprit).unwrap_or(class);
                if locked(&self.findings).has_enough(&finding) {
                    return;
                }
                small = culprit;
            }
            let class = finding.class;
            small = minimise_within(&small, ASKED, |case| quick(case) == Some(class));
            // what the engine's own values do not confirm of the small case, they did of the large one
            let found = self.look(number, &small, engine, Care::Thorough);
            match &found.outcome {
                Outcome::Finding(class, message) => {
                    (finding.class, finding.message) = (*class, message.clone());
                    finding.ops = operations(&small);
                    finding.nodes = small.graph.operations();
                    examination = Some(found);
                }
                _ => {
                    small = case.clone();
                    finding = Finding {
                        message: message.into(),
                        ..self.start(number, case, engine, class)
                    };
                }
            }
        }
        if locked(&self.findings).count(&finding) {
            return;
        }
        if patient && finding.nodes <= SWEPT {
            let found = self.conditions(number, &small, engine, finding.class);
            // a run that was ended on the way has not tried everything
            if !self.stop.load(Ordering::Relaxed) {
                finding.conditions = found.phrase();
                evidence = found.evidence();
            }
        }
        let is_new = {
            let found = locked(&self.findings);
            let mut earlier = found.kept.iter().filter(|other| other.case < number);
            !earlier.any(|other| other.is_like(&finding))
        };
        if is_new {
            self.write(&small, engine, &mut finding, examination, &evidence);
        }
        locked(&self.findings).keep(finding);
    }

    /// What it depends on whether an engine shows a fault.
    fn conditions(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
    ) -> Conditions {
        conditions(case, |other| {
            let found = self.look(number, other, engine, Care::Quick);
            match found.outcome {
                Outcome::Finding(found, _) if found == class => Seen::Fault,
                Outcome::Agree if found.is_exercised() => Seen::Right,
                _ => Seen::Neither,
            }
        })
    }

    /// Saves the case, and files a report.
    fn write(
        &self,
        case: &Case,
        engine: &mut dyn Engine,
        finding: &mut Finding,
        examination: Option<Examination>,
        evidence: &str,
    ) {
        let Settings { save, findings, .. } = self.settings;
        let text = with_comments(&(self.settings.write)(case), finding, self.settings.seed);
        let failed = |e: std::io::Error| format!(" (could not be saved: {e})");
        if let Some(directory) = save {
            match self.save(directory, case, finding, &text) {
                Ok(path) => finding.file = Some(path.display().to_string()),
                Err(e) => finding.message += &failed(e),
            }
        }
        if let Some(directory) = findings {
            let examination = match examination {
                Some(examination) => examination,
                None => self.look(finding.case, case, engine, Care::Thorough),
            };
            match filing::file(
                directory,
                case,
                &text,
                engine,
                finding,
                &examination,
                evidence,
            ) {
                Ok(path) => finding.report = Some(path.display().to_string()),
                Err(e) => finding.message += &failed(e),
            }
        }
    }

    /// Writes a case to a file that is named after what it shows and what it holds.
    fn save(
        &self,
        directory: &Path,
        case: &Case,
        finding: &Finding,
        text: &str,
    ) -> std::io::Result<PathBuf> {
        let hash = filing::hash(&(self.settings.write)(case));
        let name = finding.engine.rsplit_once(' ').map_or("", |(name, _)| name);
        let op = finding.ops.first().map_or("none", String::as_str);
        let file = format!("{}-{}-{:08x}.graph", word(name), word(op), hash >> 32);
        let path = directory.join(file);
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// What is behind a lock, whatever became of who held it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names of a case's operations, each once.
fn operations(case: &Case) -> Vec<String> {
    let mut names: Vec<String> = case.graph.histogram().into_keys().collect();
    names.sort();
    names
}

/// A file's text with what was found in comments, behind the first line if that is the format's.
fn with_comments(text: &str, finding: &Finding, seed: u64) -> String {
    let message = finding.message.replace(['\n', '\r'], " ");
    let comments = format!(
        "# {}: {}\n# {message}\n# secant {}, seed {seed}, case {}\n",
        finding.engine,
        finding.class,
        env!("CARGO_PKG_VERSION"),
        finding.case
    );
    match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("secant ") => format!("{first}\n{comments}{rest}"),
        _ => comments + text,
    }
}
