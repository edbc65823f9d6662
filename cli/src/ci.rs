//! What was found, as CI systems count it: the items that [`junit`](crate::junit) and [`sarif`](crate::sarif) write.

use crate::output::{Failure, Target};
use crate::{junit, sarif};
use secant::check::Class;
use secant::fuzz::{Outcome, Summary};
use std::path::{Path, PathBuf};

/// Where the reports for CI systems go.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Reports {
    /// Write what was found as JUnit XML: a suite for each engine.
    #[arg(long, value_name = "FILE.xml")]
    pub(crate) junit: Option<PathBuf>,
    /// Write what is wrong as SARIF 2.1.0.
    #[arg(long, value_name = "FILE.sarif")]
    pub(crate) sarif: Option<PathBuf>,
}

/// The reports, open for writing.
pub(crate) struct Open {
    junit: Option<Target>,
    sarif: Option<Target>,
}

impl Reports {
    /// Opens them; `named` says what a file is called here.
    pub(crate) fn open(&self, named: impl Fn(&Path) -> PathBuf) -> Result<Open, Failure> {
        let open = |path: &Option<PathBuf>| {
            let target = path.as_deref().map(|path| Target::open(&named(path)));
            target.transpose()
        };
        Ok(Open {
            junit: open(&self.junit)?,
            sarif: open(&self.sarif)?,
        })
    }

    /// Where they go.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.junit, &self.sarif].into_iter().flatten()
    }
}

impl Open {
    /// Writes them.
    pub(crate) fn write(&mut self, command: &str, items: &[Item]) -> Result<(), Failure> {
        if let Some(target) = &mut self.junit {
            target.write(&junit::xml(command, items))?;
        }
        if let Some(target) = &mut self.sarif {
            target.line(&sarif::log(items))?;
        }
        Ok(())
    }
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// Who answered.
    pub(crate) engine: String,
    /// What was asked, in words that are the same in the next run.
    pub(crate) name: String,
    /// The case's file, if it has one.
    pub(crate) file: Option<String>,
    pub(crate) mark: Mark,
}

impl Item {
    /// A file that holds no case.
    pub(crate) fn unread(engine: &str, file: &Path, message: &str) -> Self {
        let file = file.display().to_string();
        Self {
            engine: engine.into(),
            name: file.clone(),
            file: Some(file),
            mark: Mark::BadCase(message.into()),
        }
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    Right,
    /// Nothing was found, and why.
    Open(String),
    Wrong {
        class: Class,
        message: String,
        /// What tells it from other faults, and is the same in the next run.
        signature: String,
    },
    /// The case itself is at fault.
    BadCase(String),
}

impl Mark {
    /// That of a case that an engine was asked about.
    pub(crate) fn of(outcome: &Outcome, engine: &str, file: &str) -> Self {
        match outcome {
            Outcome::Agree => Mark::Right,
            Outcome::Undecided(_) | Outcome::Unconfirmed(..) | Outcome::Unsupported(_) => {
                Mark::Open(outcome.to_string())
            }
            // a legal choice
            Outcome::Finding(Class::Convention, message) => Mark::Open(message.clone()),
            Outcome::Failed(message) => Mark::BadCase(message.clone()),
            Outcome::Finding(class, message) => Mark::Wrong {
                class: *class,
                message: message.clone(),
                signature: [engine, class.name(), file].join(" "),
            },
        }
    }
}

/// The items of a campaign: for each engine its findings, and the cases of each other kind together.
pub(crate) fn of_campaign(summary: &Summary) -> Vec<Item> {
    let mut items = Vec::new();
    for tally in &summary.engines {
        let mut add = |name: String, file: Option<&String>, mark| {
            items.push(Item {
                engine: tally.name.clone(),
                name,
                file: file.cloned(),
                mark,
            });
        };
        let own = summary.findings.iter().filter(|finding| {
            let name = finding.engine.rsplit_once(' ');
            name.map_or(finding.engine.as_str(), |(name, _)| name) == tally.name
        });
        for finding in own {
            let (class, ops) = (finding.class, finding.operations());
            let message = format!("{}: {}", finding.engine, finding.message);
            let mark = match class {
                // a legal choice
                Class::Convention => Mark::Open(message),
                _ => Mark::Wrong {
                    class,
                    message,
                    signature: format!("{} {class} {ops} {}", tally.name, finding.distinction())
                        .trim_end()
                        .into(),
                },
            };
            let name = format!("{class} in {ops}, case {}", finding.case);
            add(name, finding.file.as_ref(), mark);
        }
        if tally.agree > 0 {
            add("cases that agree".into(), None, Mark::Right);
        }
        for (word, count) in [
            ("undecided", tally.undecided),
            ("unsupported", tally.unsupported),
            ("failed", tally.failed),
        ] {
            if count > 0 {
                let all = tally.agree + tally.disagree + tally.undecided;
                let all = all + tally.unsupported + tally.failed;
                let mark = Mark::Open(format!("{count} of {all} cases are {word}"));
                add(format!("cases that are {word}"), None, mark);
            }
        }
    }
    items
}
