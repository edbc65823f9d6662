//! A run over many cases.
//!
//! Case k depends on the seed and on k alone, so the same cases are judged however many threads share them and however
//! the run is divided into shards. A finding is made small and written to its file before the next case is drawn.
//!
//! Workers hand in what they found a second at a time, with the turns that it stands for. So whoever keeps the
//! [`Standing`] can stop, or be stopped, at any moment: what was not handed in is judged again, with the same result.

use super::conditions::{Rules, Seen, of_one, rules};
use super::filing::{self, word};
use super::judging::{Bench, Care, Examination, Outcome, judge_case};
use super::minimise::{culprit, minimise_within};
use super::recipe::Recipe;
use super::scope::Scope;
use super::standing::Standing;
use super::summary::{EngineTally, Finding, Group, Summary, add, count};
use crate::check::Class;
use crate::engine::{Engine, EngineError};
use crate::graph::Case;
use crate::op::splitmix64;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How often the property is asked while a finding is made small.
const ASKED: usize = 1500;

/// How often it is, where the engine's own values are asked each time.
const CONFIRMED: usize = 600;

/// Programs of more operations are not asked what they depend on: nobody reads it.
const SWEPT: usize = 3;

/// How often the caller is told of the progress.
const TICK: Duration = Duration::from_millis(50);

/// How long a worker keeps to itself what it found, unless that is a finding.
const HAND_IN: Duration = Duration::from_secs(1);

/// How often the caller is told of the standing, unless there are new findings.
const KEEP: Duration = Duration::from_secs(5);

/// A worker takes as many turns at once as are done in about this time.
const STRETCH: Duration = Duration::from_millis(20);

/// And no more than these.
const LONGEST_STRETCH: u64 = 256;

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
    /// The ranges of turns that nobody has taken yet.
    left: Mutex<VecDeque<(u64, u64)>>,
    planned: Option<u64>,
    /// Seconds that the run has taken before it was interrupted.
    earlier: f64,
    deadline: Option<Instant>,
    stop: AtomicBool,
    done: AtomicU64,
    disagreements: AtomicU64,
    undecided: AtomicU64,
    /// What is known, so that no more than the first of a kind are looked into.
    findings: Mutex<Vec<Finding>>,
    unconfirmed: Mutex<Vec<Finding>>,
    /// What faults depend on, as far as it has been asked.
    rules: Mutex<BTreeMap<Group, Arc<Rules>>>,
}

/// What a worker hands in.
struct Part {
    /// The turns that it stands for; none if the last of them was cut short.
    turns: Option<Vec<(u64, u64)>>,
    found: Summary,
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
    resume(settings, engines, Standing::default(), &mut |_| (), watch)
}

/// Goes on with a run from where it stood. `keep` is told of the standing every five seconds, at each new finding, and at
/// the end; whoever keeps the last can go on from there, and what is found in all is what [`run`] finds at once. Cases
/// and seconds count from the start of the whole run.
///
/// ```
/// use secant::engine::{Builtin, Way};
/// use secant::fuzz::{Factory, Settings, Standing, resume, run};
/// let engines: [Factory; 1] = [Box::new(|| Ok(Box::new(Builtin::new(Way::Tape))))];
/// let settings = Settings { cases: Some(40), ..Settings::default() };
/// let mut kept = Standing::default();
/// // stopped after a few cases
/// let stop = |progress: &secant::fuzz::Progress| progress.cases < 5;
/// resume(&settings, &engines, kept.clone(), &mut |standing| kept = standing.clone(), &stop)?;
/// let resumed = resume(&settings, &engines, kept, &mut |_| (), &|_| true)?;
/// let at_once = run(&settings, &engines, &|_| true)?;
/// assert_eq!((resumed.engines, resumed.coverage), (at_once.engines, at_once.coverage));
/// # Ok::<(), secant::fuzz::CampaignError>(())
/// ```
///
/// # Errors
/// As [`run`]; also if the standing is none of such a run.
pub fn resume(
    settings: &Settings,
    engines: &[Factory],
    mut standing: Standing,
    keep: &mut dyn FnMut(&Standing),
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
    let turns = planned.unwrap_or(u64::MAX);
    if let Some(fault) = standing.fault(turns) {
        return Err(CampaignError::Settings(fault));
    }
    let earlier = standing.summary.seconds;
    let undecided = standing.summary.undecided.values().sum();
    let shared = Shared {
        settings,
        left: Mutex::new(standing.left(turns).into()),
        planned,
        earlier,
        deadline: settings
            .seconds
            .map(|seconds| start + Duration::from_secs_f64((seconds - earlier).max(0.0))),
        stop: AtomicBool::new(false),
        done: AtomicU64::new(standing.summary.cases),
        disagreements: AtomicU64::new(standing.summary.disagreements()),
        undecided: AtomicU64::new(undecided),
        findings: Mutex::new(standing.summary.findings.clone()),
        unconfirmed: Mutex::new(standing.summary.unconfirmed.clone()),
        rules: Mutex::default(),
    };
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = match settings.jobs {
        0 => processors(),
        jobs => jobs,
    };
    standing.summary.merge(shared.nothing(&[]));
    let mut cut_short = Vec::new();
    let (sender, results) = mpsc::channel();
    let work = |sender: mpsc::Sender<Result<Part, CampaignError>>| {
        // a receiver that is gone has heard enough
        let hand_in = |part| drop(sender.send(part));
        match start_engines(engines) {
            Ok(engines) => shared.work(engines, &|part| hand_in(Ok(part))),
            Err(e) => hand_in(Err(e)),
        }
    };
    crew(jobs, sender, &work, || {
        let mut failure = None;
        let (mut told, mut kept) = (start, start);
        loop {
            match results.recv_timeout(TICK) {
                Ok(Ok(Part { turns: None, found })) => cut_short.push(found),
                Ok(Ok(Part {
                    turns: Some(turns),
                    found,
                })) => {
                    let is_finding = !found.findings.is_empty();
                    standing.add(&turns, found);
                    if is_finding || kept.elapsed() >= KEEP {
                        shared.time(&mut standing.summary, start);
                        keep(&standing);
                        kept = Instant::now();
                    }
                }
                Ok(Err(e)) => {
                    shared.stop.store(true, Ordering::Relaxed);
                    failure = Some(e);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if told.elapsed() >= TICK {
                if !watch(&shared.progress(start)) {
                    shared.stop.store(true, Ordering::Relaxed);
                }
                told = Instant::now();
            }
        }
        watch(&shared.progress(start));
        failure.map_or(Ok(()), Err)
    })?;
    shared.time(&mut standing.summary, start);
    keep(&standing);
    let mut summary = standing.summary;
    for part in cut_short {
        summary.merge(part);
    }
    shared.time(&mut summary, start);
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

impl Part {
    fn of(mut turns: Vec<(u64, u64)>, found: Summary) -> Self {
        turns.retain(|(from, to)| from < to);
        let turns = Some(turns);
        Self { turns, found }
    }
}

impl Shared<'_> {
    fn progress(&self, start: Instant) -> Progress {
        Progress {
            cases: self.done.load(Ordering::Relaxed),
            planned: self.planned,
            seconds: self.earlier + start.elapsed().as_secs_f64(),
            disagreements: self.disagreements.load(Ordering::Relaxed),
            undecided: self.undecided.load(Ordering::Relaxed),
        }
    }

    /// Enters whose summary it is, and how long it took.
    fn time(&self, summary: &mut Summary, start: Instant) {
        summary.shard = self.settings.shard;
        summary.seconds = self.earlier + start.elapsed().as_secs_f64();
        summary.cases_per_second = summary.cases as f64 / summary.seconds.max(1e-9);
    }

    /// A summary of no case.
    fn nothing(&self, engines: &[Box<dyn Engine>]) -> Summary {
        let names = engines.iter().map(|engine| engine.name().to_string());
        let tally = |name| EngineTally {
            name,
            ..EngineTally::default()
        };
        Summary {
            secant: env!("CARGO_PKG_VERSION").into(),
            seed: self.settings.seed,
            shard: self.settings.shard,
            engines: names.map(tally).collect(),
            ..Summary::default()
        }
    }

    /// The next turns that nobody has taken, at most so many.
    fn take(&self, count: u64) -> Option<(u64, u64)> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let first = left.front_mut()?;
        let (from, to) = (first.0, first.1.min(first.0 + count));
        first.0 = to;
        if first.0 == first.1 {
            left.pop_front();
        }
        Some((from, to))
    }

    /// Judges cases until there are no more, and hands in what it found.
    fn work(&self, mut engines: Vec<Box<dyn Engine>>, hand_in: &dyn Fn(Part)) {
        let is_stopped = || self.stop.load(Ordering::Relaxed);
        let is_late = || {
            self.deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
        };
        let (offset, step) = self.settings.shard;
        let mut part = self.nothing(&engines);
        let mut turns: Vec<(u64, u64)> = Vec::new();
        let mut handed_in = Instant::now();
        let mut count = 1;
        while !is_stopped() && !is_late() {
            let Some((from, to)) = self.take(count) else {
                break;
            };
            let begun = Instant::now();
            turns.push((from, from));
            for turn in from..to {
                if is_stopped() || is_late() {
                    break;
                }
                let is_right = self.judge(offset + turn * step, &mut engines, &mut part);
                self.done.fetch_add(1, Ordering::Relaxed);
                if !is_right && is_stopped() {
                    // it may not have been made small to the end: another time it is
                    let found = std::mem::replace(&mut part, self.nothing(&engines));
                    return hand_in(Part { turns: None, found });
                }
                if let Some(last) = turns.last_mut() {
                    last.1 = turn + 1;
                }
                if !part.findings.is_empty() || handed_in.elapsed() >= HAND_IN {
                    let found = std::mem::replace(&mut part, self.nothing(&engines));
                    let turns = std::mem::replace(&mut turns, vec![(turn + 1, turn + 1)]);
                    hand_in(Part::of(turns, found));
                    handed_in = Instant::now();
                }
            }
            count = match begun.elapsed() {
                brief if brief < STRETCH / 2 => (count * 2).min(LONGEST_STRETCH),
                long if long > STRETCH * 2 => (count / 2).max(1),
                _ => count,
            };
        }
        hand_in(Part::of(turns, part));
    }

    /// Judges a case. False if an engine was wrong.
    fn judge(&self, number: u64, engines: &mut [Box<dyn Engine>], part: &mut Summary) -> bool {
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
                    let finding = self.unconfirmed(number, &case, engine, *class, message);
                    add(&mut part.unconfirmed, finding);
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
                    let finding = self.finding(number, &case, engine, *class, message);
                    add(&mut part.findings, finding);
                }
            }
        }
        !outcomes.iter().any(Outcome::is_finding)
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
            rare: false,
            count: 1,
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

    /// What the engine's own values do not confirm, by the operations of which it takes one to show it.
    fn unconfirmed(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) -> Finding {
        let mut finding = self.start(number, case, engine, class);
        finding.message = message.into();
        if let Some(culprit) = culprit(case, |case| {
            let outcome = self.look(number, case, engine, Care::Quick).outcome;
            outcome.class() == Some(class)
        }) {
            finding.ops = operations(&culprit);
        }
        add(&mut locked(&self.unconfirmed), finding.clone());
        finding
    }

    /// Makes a finding small, asks what it depends on, and saves it; unless it is known from an earlier case: then it is there
    /// to be counted.
    fn finding(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) -> Finding {
        let mut finding = self.start(number, case, engine, class);
        finding.message = message.into();
        // every question about a timeout takes as long as the engine is given
        if !self.settings.minimise || class == Class::Timeout {
            if !is_known(&self.findings, &finding) {
                self.write(case, engine, &mut finding, None, "");
                add(&mut locked(&self.findings), finding.clone());
            }
            return finding;
        }
        // a choice that is legal in a long program may turn out to be none in a short one
        let like = |found: Class| match class {
            Class::Convention => found == class || found == Class::WrongGradient,
            _ => found == class,
        };
        let quick = |case: &Case, engine: &mut dyn Engine| {
            let outcome = self.look(number, case, engine, Care::Quick).outcome;
            outcome.class().filter(|&found| like(found))
        };
        let mut small = case.clone();
        let mut known = None;
        if let Some(culprit) = culprit(case, |case| quick(case, engine).is_some()) {
            finding.ops = operations(&culprit);
            finding.class = quick(&culprit, engine).unwrap_or(class);
            let rules = self.rules(engine, &finding);
            enter(&mut finding, &rules, &culprit);
            if is_known(&self.findings, &finding) {
                return finding;
            }
            small = culprit;
            known = Some(rules);
        }
        // it stays the same fault while it becomes small
        let class = finding.class;
        let conditions = known.filter(|rules| !rules.is_empty());
        let conditions = conditions.map(|rules| (rules, finding.conditions.clone()));
        let is_same = |case: &Case| match &conditions {
            Some((rules, words)) => rules.conditions(case).0 == *words,
            None => true,
        };
        small = minimise_within(&small, ASKED, |case| {
            is_same(case) && quick(case, engine) == Some(class)
        });
        let thorough =
            |case: &Case, engine: &mut dyn Engine| self.look(number, case, engine, Care::Thorough);
        let mut examination = thorough(&small, engine);
        if examination.outcome.class().is_none() {
            // what the engine's own values do not confirm of the small case, they did of the large one
            small = minimise_within(case, CONFIRMED, |case| {
                thorough(case, engine).outcome.class().is_some_and(like)
            });
            examination = thorough(&small, engine);
        }
        let mut rules = Arc::default();
        if let Outcome::Finding(class, message) = &examination.outcome {
            (finding.class, finding.message) = (*class, message.clone());
            finding.ops = operations(&small);
            finding.nodes = small.graph.operations();
            if finding.nodes <= SWEPT {
                rules = self.rules(engine, &finding);
            }
        } else {
            // it cannot be asked again, as the run ends
            small = case.clone();
        }
        enter(&mut finding, &rules, &small);
        if is_known(&self.findings, &finding) {
            return finding;
        }
        let mut evidence = rules.conditions(&small).1;
        if finding.rare && finding.nodes <= SWEPT {
            let found = of_one(&small, |other| {
                seen(
                    &self.look(number, other, engine, Care::Quick),
                    finding.class,
                )
            });
            // a run that was ended on the way has not tried everything
            if !self.stop.load(Ordering::Relaxed) {
                finding.conditions = found.phrase();
                evidence = found.evidence();
            }
        }
        self.write(&small, engine, &mut finding, Some(examination), &evidence);
        add(&mut locked(&self.findings), finding.clone());
        finding
    }

    /// What the faults of a finding's class in its operations depend on: asked once, the same questions in every run.
    fn rules(&self, engine: &mut dyn Engine, finding: &Finding) -> Arc<Rules> {
        let group = finding.group();
        if let Some(rules) = locked(&self.rules).get(&group) {
            return rules.clone();
        }
        let rules = Arc::new(rules(&finding.ops, |case| {
            if self.stop.load(Ordering::Relaxed) {
                return Seen::Neither;
            }
            let found = Bench::new(case, self.settings.order, 0).judge(engine, Care::Quick);
            seen(&found, finding.class)
        }));
        if !self.stop.load(Ordering::Relaxed) {
            locked(&self.rules).insert(group, rules.clone());
        }
        rules
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
        // another part of the run may have found the directory empty at its end, and removed it
        std::fs::create_dir_all(directory)?;
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// Whether a finding is known from an earlier case.
fn is_known(known: &Mutex<Vec<Finding>>, finding: &Finding) -> bool {
    let known = locked(known);
    let mut earlier = known.iter().filter(|other| other.case < finding.case);
    earlier.any(|other| other.signature() == finding.signature())
}

/// Enters what the rules say of a case.
fn enter(finding: &mut Finding, rules: &Rules, case: &Case) {
    finding.rare = rules.is_empty();
    finding.conditions = match finding.rare {
        true => String::new(),
        false => rules.conditions(case).0,
    };
}

/// What an examination tells of a fault of some class.
fn seen(found: &Examination, class: Class) -> Seen {
    let shows_in_gradients = !matches!(class, Class::Crash | Class::WrongShape | Class::WrongValue);
    match found.outcome {
        Outcome::Finding(found, _) if found == class => Seen::Fault,
        Outcome::Agree if found.is_exercised() || !shows_in_gradients => Seen::Right,
        _ => Seen::Neither,
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
    let message = finding.message.replace(char::is_control, " ");
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
