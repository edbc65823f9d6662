//! A run over many cases.
//!
//! Case k depends on the seed and on k alone, so the same cases are judged however many threads share them and however
//! the run is divided into shards. A finding is made small and written to its file before the next case is drawn.
//!
//! Workers hand in what they found a second at a time, with the turns that it stands for. So whoever keeps the
//! [`Standing`] can stop, or be stopped, at any moment: what was not handed in is judged again, with the same result.

use super::end::End;
use super::inquiry::Inquiry;
use super::judging::{Outcome, judge_case};
use super::points;
use super::scope::Scope;
use super::standing::Standing;
use super::summary::{EngineTally, Summary, add, count};
use crate::engine::{Engine, EngineError};
use crate::graph::Case;
use crate::op::splitmix64;
use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

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
    /// For how long to go on; none for no limit. What is being looked into when the time is over has a tenth of it more, and five
    /// seconds at least; then it is left as it is.
    pub seconds: Option<f64>,
    /// The seed.
    pub seed: u64,
    /// How many cases in a row are one program at several points, for engines that compile each program.
    pub points: u64,
    /// Which part of how many to run: each n-th program, from the k-th.
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
            points: 1,
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

impl Settings {
    /// The number of the case that is a turn of this shard.
    fn number(&self, turn: u64) -> u64 {
        let (part, parts) = self.shard;
        let program = part + turn / self.points * parts;
        program * self.points + turn % self.points
    }

    /// How many of so many cases this shard has.
    fn turns(&self, cases: u64) -> u64 {
        let (part, parts) = self.shard;
        let (programs, rest) = (cases / self.points, cases % self.points);
        // of the numbers below n, how many leave the remainder `part`
        let whole = programs.saturating_sub(part).div_ceil(parts) * self.points;
        whole + if programs % parts == part { rest } else { 0 }
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
    end: &'a End,
    done: AtomicU64,
    disagreements: AtomicU64,
    undecided: AtomicU64,
    inquiry: Inquiry<'a>,
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
    let planned = settings.cases.map(|cases| settings.turns(cases));
    let turns = planned.unwrap_or(u64::MAX);
    if let Some(fault) = standing.fault(turns) {
        return Err(CampaignError::Settings(fault));
    }
    let earlier = standing.summary.seconds;
    let undecided = standing.summary.undecided.values().sum();
    let end = End::new(settings.seconds, earlier);
    let shared = Shared {
        settings,
        left: Mutex::new(standing.left(turns).into()),
        planned,
        earlier,
        end: &end,
        done: AtomicU64::new(standing.summary.cases),
        disagreements: AtomicU64::new(standing.summary.disagreements()),
        undecided: AtomicU64::new(undecided),
        inquiry: Inquiry::new(settings, &end, &standing.summary),
    };
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = match settings.jobs {
        0 => processors(),
        jobs => jobs,
    };
    // whoever has no turn need not start an engine
    let jobs = jobs
        .min(usize::try_from(turns).unwrap_or(usize::MAX))
        .max(1);
    standing.summary.merge(shared.nothing(&[]));
    let (sender, results) = mpsc::channel();
    let work = |sender: mpsc::Sender<Handed>| {
        // a receiver that is gone has heard enough
        let hand_in = |part| drop(sender.send(part));
        match start_engines(engines) {
            Ok(engines) => shared.work(engines, &|part| hand_in(Ok(part))),
            Err(e) => hand_in(Err(e)),
        }
    };
    let mut collector = Collector {
        shared: &shared,
        start,
        standing,
        cut_short: Vec::new(),
    };
    crew(jobs, sender, &work, || {
        collector.collect(&results, keep, watch)
    })??;
    Ok(collector.close(keep))
}

/// A part, or why a worker has none.
type Handed = Result<Part, CampaignError>;

/// Where what the workers hand in comes together.
struct Collector<'a> {
    shared: &'a Shared<'a>,
    start: Instant,
    standing: Standing,
    /// What is told, and done again by whoever goes on.
    cut_short: Vec<Summary>,
}

impl Collector<'_> {
    /// Takes what is handed in until nobody is left who could.
    fn collect(
        &mut self,
        results: &mpsc::Receiver<Handed>,
        keep: &mut dyn FnMut(&Standing),
        watch: &(dyn Fn(&Progress) -> bool + Sync),
    ) -> Result<(), CampaignError> {
        let mut failure = None;
        let (mut told, mut kept) = (self.start, self.start);
        loop {
            match results.recv_timeout(TICK) {
                Ok(Ok(Part { turns: None, found })) => self.cut_short.push(found),
                Ok(Ok(Part {
                    turns: Some(turns),
                    found,
                })) => {
                    let is_finding = !found.findings.is_empty();
                    self.standing.add(&turns, found);
                    if is_finding || kept.elapsed() >= KEEP {
                        self.keep(keep);
                        kept = Instant::now();
                    }
                }
                Ok(Err(e)) => {
                    self.shared.end.tell();
                    failure = Some(e);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if told.elapsed() >= TICK {
                if !watch(&self.shared.progress(self.start)) {
                    self.shared.end.tell();
                }
                told = Instant::now();
            }
        }
        watch(&self.shared.progress(self.start));
        failure.map_or(Ok(()), Err)
    }

    fn keep(&mut self, keep: &mut dyn FnMut(&Standing)) {
        self.shared.time(&mut self.standing.summary, self.start);
        keep(&self.standing);
    }

    /// All that was found.
    fn close(mut self, keep: &mut dyn FnMut(&Standing)) -> Summary {
        self.keep(keep);
        let mut summary = self.standing.summary;
        for part in self.cut_short {
            summary.merge(part);
        }
        self.shared.time(&mut summary, self.start);
        summary
    }
}

/// Starts `work` for each job, on threads of its own, and tends to it meanwhile.
#[cfg(feature = "parallel")]
fn crew<S: Clone + Send, R>(
    jobs: usize,
    sender: S,
    work: &(dyn Fn(S) + Sync),
    tend: impl FnOnce() -> R,
) -> Result<R, CampaignError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let refused = |e| CampaignError::Settings(format!("{jobs} threads cannot be started: {e}"));
    let pool = pool.map_err(refused)?;
    Ok(pool.in_place_scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(move |_| work(sender));
        }
        drop(sender);
        tend()
    }))
}

/// Without the feature `parallel` there is one worker, however many jobs are asked for.
#[cfg(not(feature = "parallel"))]
fn crew<S: Clone + Send, R>(
    _jobs: usize,
    sender: S,
    work: &(dyn Fn(S) + Sync),
    tend: impl FnOnce() -> R,
) -> Result<R, CampaignError> {
    Ok(std::thread::scope(|scope| {
        scope.spawn(move || work(sender));
        tend()
    }))
}

fn validate(settings: &Settings) -> Result<(), CampaignError> {
    let (part, parts) = settings.shard;
    let message = if settings.points == 0 {
        "a program has one point at least".to_string()
    } else if part >= parts {
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
        // whole programs, each for one worker
        let to = (first.0 + count).next_multiple_of(self.settings.points);
        let (from, to) = (first.0, first.1.min(to));
        first.0 = to;
        if first.0 == first.1 {
            left.pop_front();
        }
        Some((from, to))
    }

    /// Judges cases until there are no more, and hands in what it found.
    fn work(&self, mut engines: Vec<Box<dyn Engine>>, hand_in: &dyn Fn(Part)) {
        let scopes = self.settings.scope.shares(&engines);
        let mut part = self.nothing(&engines);
        let mut turns: Vec<(u64, u64)> = Vec::new();
        let mut handed_in = Instant::now();
        let mut count = 1;
        while !self.end.is_near() {
            let Some((from, to)) = self.take(count) else {
                break;
            };
            let begun = Instant::now();
            turns.push((from, from));
            for turn in from..to {
                if self.end.is_near() {
                    break;
                }
                let number = self.settings.number(turn);
                let is_settled = self.judge(number, &scopes, &mut engines, &mut part);
                self.done.fetch_add(1, Ordering::Relaxed);
                if !is_settled && self.end.is_here() {
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

    /// Judges a case. False if there was something to look into.
    fn judge(
        &self,
        number: u64,
        scopes: &[Scope],
        engines: &mut [Box<dyn Engine>],
        part: &mut Summary,
    ) -> bool {
        let Settings {
            seed,
            points,
            order,
            ..
        } = *self.settings;
        // by turns what each engine has: one of few operations would see few programs of all
        let turn = splitmix64(number / points) % scopes.len() as u64;
        let case = points::case(seed, number, points, &scopes[turn as usize]);
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
                    let finding = self
                        .inquiry
                        .unconfirmed(number, &case, engine, *class, message);
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
                    let finding = self.inquiry.finding(number, &case, engine, *class, message);
                    add(&mut part.findings, finding);
                }
            }
        }
        let is_open =
            |outcome| matches!(outcome, &Outcome::Finding(..) | &Outcome::Unconfirmed(..));
        !outcomes.iter().any(is_open)
    }
}
