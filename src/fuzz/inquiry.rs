//! What becomes of a finding: it is made small, the engine is asked what it depends on, and it is saved and filed; unless it
//! is known from an earlier case.

use super::campaign::Settings;
use super::conditions::{Rules, Seen, of_one, rules};
use super::confirm::is_garbage;
use super::culprit::{Culprit, bare, culprit};
use super::end::End;
use super::explicit::explicit;
use super::filing::{self, Exhibit, word};
use super::judging::{Bench, Care, Examination, Outcome, least};
use super::minimise::minimise_within;
use super::summary::{Finding, Group, Summary, add};
use crate::check::Class;
use crate::engine::Engine;
use crate::graph::Case;
use crate::op::splitmix64;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How often the property is asked while a finding is made small.
const ASKED: usize = 1500;

/// How often it is, where the engine's own values are asked each time.
const CONFIRMED: usize = 600;

/// Programs of more different operations are not asked what they depend on: nobody reads it.
const SWEPT: usize = 3;

/// What is said of a finding that was looked into when the run ended.
const UNFINISHED: &str = "; the run ended before this was made small and asked what it depends on";

/// What is known of findings, so that no more than the first of a kind is made small. Threads share it.
pub(super) struct Inquiry<'a> {
    settings: &'a Settings,
    end: &'a End,
    findings: Mutex<Vec<Finding>>,
    unconfirmed: Mutex<Vec<Finding>>,
    /// What faults depend on, as far as it has been asked.
    rules: Mutex<BTreeMap<Group, Arc<Rules>>>,
}

impl<'a> Inquiry<'a> {
    /// With what an earlier part of the run has found.
    pub(super) fn new(settings: &'a Settings, end: &'a End, earlier: &Summary) -> Self {
        Self {
            settings,
            end,
            findings: Mutex::new(earlier.findings.clone()),
            unconfirmed: Mutex::new(earlier.unconfirmed.clone()),
            rules: Mutex::default(),
        }
    }

    /// What is known of a finding at first.
    fn start(
        number: u64,
        case: &Case,
        engine: &dyn Engine,
        class: Class,
        message: &str,
    ) -> Finding {
        Finding {
            engine: format!("{} {}", engine.name(), engine.capabilities().version),
            class,
            ops: operations(case),
            nodes: case.graph.operations(),
            file: None,
            message: message.into(),
            case: number,
            conditions: String::new(),
            rare: false,
            count: 1,
            report: None,
        }
    }

    /// What an engine makes of a case that a finding may become; nothing when the run ends, and nobody waits for it.
    fn look(&self, number: u64, case: &Case, engine: &mut dyn Engine, care: Care) -> Examination {
        if self.end.is_here() {
            return Outcome::Agree.into();
        }
        self.examine(number, case, engine, care)
    }

    /// What an engine makes of a case.
    fn examine(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        care: Care,
    ) -> Examination {
        let Settings { seed, order, .. } = *self.settings;
        Bench::new(case, order, splitmix64(seed ^ number)).judge(engine, care)
    }

    /// What the engine's own values do not confirm, by the operations of which it takes one to show it.
    pub(super) fn unconfirmed(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) -> Finding {
        let mut finding = Self::start(number, case, engine, class, message);
        if let Some(culprit) = culprit(case, |case| {
            let outcome = self.look(number, case, engine, Care::Quick).outcome;
            outcome.class() == Some(class)
        }) {
            finding.ops = vec![culprit.op];
        }
        add(&mut locked(&self.unconfirmed), finding.clone());
        finding
    }

    /// The operation that by itself shows a class that counts, and the class that it shows.
    fn blamed(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        counts: &dyn Fn(Class) -> bool,
    ) -> Option<(Culprit, Class)> {
        // the last class that counted: what is asked after it, of views by themselves, shows none
        let mut shown = None;
        let found = culprit(case, |case| {
            let mut look = |care| self.look(number, case, engine, care).outcome.class();
            // what its own values do not confirm blames nobody
            let class = look(Care::Quick).and_then(|_| look(Care::Thorough));
            let class = class.filter(|&class| counts(class));
            shown = class.or(shown);
            class.is_some()
        });
        found.zip(shown)
    }

    /// Makes a finding small, asks what it depends on, and saves it; unless it is known from an earlier case: then it is there
    /// to be counted.
    pub(super) fn finding(
        &self,
        number: u64,
        case: &Case,
        engine: &mut dyn Engine,
        class: Class,
        message: &str,
    ) -> Finding {
        let mut finding = Self::start(number, case, engine, class, message);
        // every question about a timeout takes as long as the engine is given
        if !self.settings.minimise || class == Class::Timeout {
            if !is_known(&self.findings, &finding) {
                let examination = self.examine(number, case, engine, Care::Thorough);
                let exhibit = Exhibit::new(case.clone(), examination);
                self.enter(exhibit, engine, &mut finding);
            }
            return finding;
        }
        let culprit = self.to_blame(case, engine, &mut finding);
        let mut rules = Arc::default();
        if let Some(culprit) = &culprit {
            rules = self.rules(engine, &finding);
            tell(&mut finding, &rules, culprit);
            if is_known(&self.findings, &finding) {
                return finding;
            }
        }
        // it stays the same fault while it becomes small
        let conditions = (!rules.is_empty()).then(|| (rules.clone(), finding.conditions.clone()));
        let is_same = |case: &Case| match &conditions {
            Some((rules, words)) => rules.conditions(case).0 == *words,
            None => true,
        };
        let mut exhibit = self.small(case, culprit, class, engine, &mut finding, &is_same);
        if exhibit.examination.outcome.class().is_some() && finding.ops.len() <= SWEPT {
            rules = self.rules(engine, &finding);
        } else {
            rules = Arc::default();
        }
        exhibit.evidence = tell(&mut finding, &rules, &exhibit.case);
        if is_known(&self.findings, &finding) {
            return finding;
        }
        self.make_explicit(&mut exhibit, engine, &finding, &is_same);
        if let Outcome::Finding(_, message) = &exhibit.examination.outcome {
            finding.message.clone_from(message);
        }
        self.ask_neighbours(&mut exhibit, engine, &mut finding);
        if self.end.is_here() {
            finding.message += UNFINISHED;
        }
        self.enter(exhibit, engine, &mut finding);
        finding
    }

    /// Writes what is new and enters it among what is known; one after the other, since the same fault has the same directory.
    fn enter(&self, mut exhibit: Exhibit, engine: &mut dyn Engine, finding: &mut Finding) {
        if let Some(Class::Crash) = exhibit.examination.outcome.class() {
            let want = &mut exhibit.examination.want;
            *want = least(&exhibit.case, engine, want, Class::Crash);
        }
        let mut known = locked(&self.findings);
        // another thread may have found it meanwhile
        if !is_among(&known, finding) {
            self.write(exhibit, engine, finding);
            add(&mut known, finding.clone());
        }
    }

    /// The operation that is to blame as a case, and the finding as that shows it.
    fn to_blame(
        &self,
        case: &Case,
        engine: &mut dyn Engine,
        finding: &mut Finding,
    ) -> Option<Case> {
        let class = finding.class;
        let mut blamed = self.blamed(finding.case, case, engine, &|found| like(class, found));
        // what is wrong in one way may show in another way further on
        if blamed.is_none() && !sources(class).is_empty() {
            let counts = |found: Class| sources(class).contains(&found);
            blamed = self.blamed(finding.case, case, engine, &counts);
        }
        let (culprit, class) = blamed?;
        finding.class = class;
        let mut shows = |case: &Case| self.look(finding.case, case, engine, Care::Quick).outcome;
        let shown = shows(&culprit.case);
        if let Some(case) = bare(&culprit.case, |case| is_alike(&shows(case), &shown)) {
            finding.ops.clear();
            return Some(case);
        }
        finding.ops = vec![culprit.op];
        Some(culprit.case)
    }

    /// The case, or what is to blame in it, made small for as long as it is the same fault.
    fn small(
        &self,
        case: &Case,
        culprit: Option<Case>,
        class: Class,
        engine: &mut dyn Engine,
        finding: &mut Finding,
        is_same: &dyn Fn(&Case) -> bool,
    ) -> Exhibit {
        let number = finding.case;
        let first = culprit.as_ref().unwrap_or(case);
        let mut quick = |case: &Case| self.look(number, case, engine, Care::Quick);
        let may_be_chance = is_chance(first, &quick(first));
        let mut small = minimise_within(first, ASKED, |case| {
            let found = is_same(case).then(|| quick(case));
            found.is_some_and(|found| is_it(finding.class, may_be_chance, case, &found))
        });
        // what it has become is looked at even where the run ends
        let mut examination = self.examine(number, &small, engine, Care::Thorough);
        let mut is_whole = culprit.is_none();
        if examination.outcome.class().is_none() {
            // what the engine's own values do not confirm of the small case, they did of the large one
            small = minimise_within(case, CONFIRMED, |case| {
                let found = self
                    .look(number, case, engine, Care::Thorough)
                    .outcome
                    .class();
                found.is_some_and(|found| like(class, found))
            });
            examination = self.examine(number, &small, engine, Care::Thorough);
            is_whole = true;
        }
        if let Outcome::Finding(class, message) = &examination.outcome {
            (finding.class, finding.message) = (*class, message.clone());
            if is_whole {
                finding.ops = operations(&small);
            }
            finding.nodes = small.graph.operations();
        }
        Exhibit::new(small, examination)
    }

    /// The case as one that says itself what shows its fault, if there is such a one.
    fn make_explicit(
        &self,
        exhibit: &mut Exhibit,
        engine: &mut dyn Engine,
        finding: &Finding,
        is_same: &dyn Fn(&Case) -> bool,
    ) {
        let mut thorough = |case: &Case| self.look(finding.case, case, engine, Care::Thorough);
        let may_be_chance = is_chance(&exhibit.case, &exhibit.examination);
        let shown = explicit(&exhibit.case, |case| {
            let found = is_same(case).then(|| thorough(case));
            found.is_some_and(|found| is_it(finding.class, may_be_chance, case, &found))
        });
        // a run that was ended on the way has not tried everything
        exhibit.is_explicit = shown.is_some() || self.end.is_here();
        if let Some(case) = shown {
            // also where the run has ended since
            exhibit.examination = self.examine(finding.case, &case, engine, Care::Thorough);
            exhibit.case = case;
        }
    }

    /// What a rare fault depends on, as far as the neighbours of its case tell.
    fn ask_neighbours(
        &self,
        exhibit: &mut Exhibit,
        engine: &mut dyn Engine,
        finding: &mut Finding,
    ) {
        if !finding.rare || finding.ops.len() > SWEPT {
            return;
        }
        if finding.ops.is_empty() {
            finding.conditions = "needs no operation".into();
            return;
        }
        let found = of_one(&exhibit.case, &finding.ops, |other| {
            let found = self.look(finding.case, other, engine, Care::Quick);
            seen(&found, finding.class)
        });
        // a run that was ended on the way has not tried everything
        if !self.end.is_here() {
            finding.conditions = found.phrase();
            exhibit.evidence = found.evidence();
        }
    }

    /// What the faults of a finding's class in its operations depend on: asked once, the same questions in every run.
    fn rules(&self, engine: &mut dyn Engine, finding: &Finding) -> Arc<Rules> {
        let group = finding.group();
        if let Some(rules) = locked(&self.rules).get(&group) {
            return rules.clone();
        }
        let rules = Arc::new(rules(&finding.ops, |case| {
            if self.end.is_here() {
                return Seen::Neither;
            }
            let found = Bench::new(case, self.settings.order, 0).judge(engine, Care::Quick);
            seen(&found, finding.class)
        }));
        if self.end.is_here() {
            // half the answers are no rule
            return Arc::default();
        }
        locked(&self.rules).insert(group, rules.clone());
        rules
    }

    /// Saves the case, and files a report.
    fn write(&self, exhibit: Exhibit, engine: &dyn Engine, finding: &mut Finding) {
        let Settings { save, findings, .. } = self.settings;
        let case = &exhibit.case;
        let text = with_comments(&(self.settings.write)(case), finding, self.settings.seed);
        let failed = |e: std::io::Error| format!(" (could not be saved: {e})");
        if let Some(directory) = save {
            match self.save(directory, case, finding, &text) {
                Ok(path) => finding.file = Some(path.display().to_string()),
                Err(e) => finding.message += &failed(e),
            }
        }
        if let Some(directory) = findings {
            match filing::file(directory, &exhibit, &text, engine, finding) {
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
    is_among(&locked(known), finding)
}

fn is_among(known: &[Finding], finding: &Finding) -> bool {
    let mut earlier = known.iter().filter(|other| other.case < finding.case);
    earlier.any(|other| other.is_like(finding))
}

/// Whether an examination shows a class, and that by chance only if it may.
fn is_it(class: Class, may_be_chance: bool, case: &Case, found: &Examination) -> bool {
    found.outcome.class() == Some(class) && (may_be_chance || !is_chance(case, found))
}

/// Whether all that is wrong is a number that unwritten memory happens to hold where the right one is 0, which it may hold as well.
fn is_chance(case: &Case, found: &Examination) -> bool {
    let faults = found.report.iter().flat_map(|report| &report.faults);
    let mut faults = faults.peekable();
    faults.peek().is_some() && faults.all(|fault| is_garbage(case, fault))
}

/// Whether two outcomes are the same fault; of crashes, if they say the same.
fn is_alike(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Finding(Class::Crash, said), Outcome::Finding(Class::Crash, other)) => {
            said == other
        }
        (one, other) => one.class().is_some() && one.class() == other.class(),
    }
}

/// Whether what a smaller case shows is what a class stands for: a choice that is legal in a long program may turn out to be none
/// in a short one.
fn like(class: Class, found: Class) -> bool {
    found == class || (class == Class::Convention && found == Class::WrongGradient)
}

/// The faults about numbers that are there.
const OF_NUMBERS: &[Class] = &[
    Class::WrongValue,
    Class::WrongGradient,
    Class::WrongJvp,
    Class::WrongHvp,
    Class::NonFinite,
];

/// The faults that may show as one of this class in what comes after them, or before them in the backward pass.
fn sources(class: Class) -> &'static [Class] {
    match class {
        Class::Crash => &[Class::WrongShape],
        Class::NotRepeatable => OF_NUMBERS,
        _ if OF_NUMBERS.contains(&class) => OF_NUMBERS,
        _ => &[],
    }
}

/// What the rules say of a case is told of the finding; how much that explains.
fn tell(finding: &mut Finding, rules: &Rules, case: &Case) -> String {
    finding.rare = rules.is_empty();
    let (conditions, evidence) = match finding.rare {
        true => Default::default(),
        false => rules.conditions(case),
    };
    finding.conditions = conditions;
    evidence
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
