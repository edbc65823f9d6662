//! Which part of a run is ours, and what its files are called.

use crate::output::{self, Failure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The variables in which those who start tasks tell each its number, and how many there are. The first that speaks is
/// believed: `mpirun` within a Slurm job has tasks of its own.
const TASKS: [(&str, &str); 3] = [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
];

/// The same of Kubernetes, which starts whole pods. It sets the first only, the job's file has to set the second.
const PODS: (&str, &str) = ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS");

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Its number, from 0, and how many there are.
    pub(crate) part: (u64, u64),
    /// The variables that say so, if nobody typed it.
    launcher: Option<String>,
}

/// `K/N`: part K, from 0, of N.
pub(crate) fn parse(text: &str) -> Result<(u64, u64), String> {
    let numbers = text
        .split_once('/')
        .and_then(|(k, n)| Some((k.trim().parse().ok()?, n.trim().parse().ok()?)));
    match numbers {
        Some((k, n)) if k < n => Ok((k, n)),
        _ => Err("expected K/N: part K of N parts, K from 0 to N - 1".into()),
    }
}

/// The part that somebody typed, or that launchers have given us, or all of it.
pub(crate) fn find(
    typed: Option<(u64, u64)>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Shard, Failure> {
    if let Some(part) = typed {
        let launcher = None;
        return Ok(Shard { part, launcher });
    }
    let wrong = |message: String| Failure::Input(format!("{message}; or give --shard"));
    let number = |name: &str, otherwise: u64| match variable(name) {
        None => Ok(otherwise),
        Some(text) => match text.parse::<u64>() {
            Ok(number) => Ok(number),
            Err(_) => Err(wrong(format!("{name}={text}: expected a number from 0"))),
        },
    };
    // the levels at which the run is divided, from the outermost: their number, of how many, and who says so
    let mut levels: Vec<(u64, u64, String)> = Vec::new();
    let (index, completions) = PODS;
    if variable(index).is_some() {
        let k = number(index, 0)?;
        if variable(completions).is_none() {
            return Err(wrong(format!(
                "{index}={k}, but {completions} is not set: set it to the job's number of completions"
            )));
        }
        let n = number(completions, 1)?;
        levels.push((k, n, format!("{index}={k}, {completions}={n}")));
    }
    if variable("SLURM_ARRAY_TASK_ID").is_some() {
        let id = number("SLURM_ARRAY_TASK_ID", 0)?;
        let first = number("SLURM_ARRAY_TASK_MIN", 0)?;
        let step = number("SLURM_ARRAY_TASK_STEP", 1)?.max(1);
        let n = number("SLURM_ARRAY_TASK_COUNT", 1)?;
        let k = id.saturating_sub(first) / step;
        let by =
            format!("SLURM_ARRAY_TASK_ID={id}, the first is {first}, SLURM_ARRAY_TASK_COUNT={n}");
        levels.push((k, n, by));
    }
    for (rank, size) in TASKS {
        // a script that Slurm starts has a number too, but nobody beside it
        if variable(rank).is_some() && variable(size).is_some() {
            let (k, n) = (number(rank, 0)?, number(size, 1)?);
            levels.push((k, n, format!("{rank}={k}, {size}={n}")));
            break;
        }
    }
    let (mut part, mut said) = ((0u64, 1u64), Vec::new());
    for (k, n, by) in levels {
        let all = part.1.checked_mul(n).filter(|_| k < n);
        let Some(all) = all else {
            return Err(wrong(format!(
                "{by}: expected a number from 0 to one below their count"
            )));
        };
        part = (part.0 * n + k, all);
        said.push(by);
    }
    Ok(Shard {
        part,
        launcher: (!said.is_empty()).then(|| said.join(", ")),
    })
}

impl Shard {
    /// What a file that was named for the whole run is called for this part: a `%` stands for the part's number. Where a
    /// launcher gave us the part, the same words start all the others, so that a name without one gets the number before
    /// its extension.
    pub(crate) fn file(&self, named: &Path) -> PathBuf {
        let is_special = std::fs::metadata(named).is_ok_and(|found| !found.is_file());
        if output::is_stdout(named) || is_special {
            return named.into();
        }
        let k = self.part.0;
        match named.to_str() {
            Some(text) if text.contains('%') => text.replace('%', &k.to_string()).into(),
            _ if self.is_launched() => {
                let mut name = OsString::from(named.file_stem().unwrap_or_default());
                name.push(format!(".{k}"));
                if let Some(extension) = named.extension() {
                    name.push(".");
                    name.push(extension);
                }
                named.with_file_name(name)
            }
            _ => named.into(),
        }
    }

    /// Whether a launcher has started others beside it.
    pub(crate) fn is_launched(&self) -> bool {
        self.part.1 > 1 && self.launcher.is_some()
    }

    /// Which part it is and who says so, if that is not what was typed.
    pub(crate) fn remark(&self) -> Option<String> {
        let (k, n) = self.part;
        let by = self.launcher.as_ref().filter(|_| self.is_launched())?;
        Some(format!("shard {k}/{n} ({by})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read() {
        assert_eq!(parse("2/8"), Ok((2, 8)));
        for wrong in ["", "3", "8/8", "1/0", "-1/2", "a/b", "1/2/3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    fn of(set: &[(&str, &str)]) -> Result<Shard, Failure> {
        find(None, |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn launchers_are_asked_in_order() {
        let part = |set: &[(&str, &str)]| of(set).unwrap().part;
        assert_eq!(part(&[]), (0, 1));
        assert_eq!(part(&[("PMI_RANK", "3"), ("PMI_SIZE", "4")]), (3, 4));
        let both = [
            ("SLURM_PROCID", "0"),
            ("SLURM_NTASKS", "1"),
            ("OMPI_COMM_WORLD_RANK", "1"),
            ("OMPI_COMM_WORLD_SIZE", "2"),
        ];
        assert_eq!(part(&both), (1, 2));
        // a size without a number is no launcher, nor is the number of a script
        assert_eq!(part(&[("SLURM_NTASKS", "4")]), (0, 1));
        assert_eq!(part(&[("SLURM_PROCID", "0")]), (0, 1));
        assert!(of(&[("SLURM_PROCID", "4"), ("SLURM_NTASKS", "4")]).is_err());
        assert!(of(&[("SLURM_PROCID", "x"), ("SLURM_NTASKS", "4")]).is_err());
        // each pod would take the whole run for its own
        assert!(of(&[("JOB_COMPLETION_INDEX", "1")]).is_err());
    }

    #[test]
    fn the_jobs_of_an_array_are_divided_among_their_tasks() {
        let array = |id, procid| {
            of(&[
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", "10"),
                ("SLURM_ARRAY_TASK_STEP", "5"),
                ("SLURM_ARRAY_TASK_COUNT", "3"),
                ("SLURM_PROCID", procid),
                ("SLURM_NTASKS", "2"),
            ])
        };
        let mut parts = Vec::new();
        for id in ["10", "15", "20"] {
            parts.extend(["0", "1"].map(|task| array(id, task).unwrap().part));
        }
        let expected: Vec<_> = (0..6).map(|k| (k, 6)).collect();
        assert_eq!(parts, expected);
        // a list of numbers has no order that could be known
        assert!(array("31", "0").is_err());
    }

    #[test]
    fn parts_have_files_of_their_own() {
        let launched = of(&[("PMI_RANK", "3"), ("PMI_SIZE", "4")]).unwrap();
        let typed = find(Some((3, 4)), |_| None).unwrap();
        let alone = of(&[("PMI_RANK", "0"), ("PMI_SIZE", "1")]).unwrap();
        let name = |shard: &Shard, named: &str| shard.file(Path::new(named)).display().to_string();
        for (named, by_launcher, by_hand, whole) in [
            ("out.json", "out.3.json", "out.json", "out.json"),
            ("a.b/out", "a.b/out.3", "a.b/out", "a.b/out"),
            ("%/o.%.json", "3/o.3.json", "3/o.3.json", "0/o.0.json"),
            ("-", "-", "-", "-"),
            ("/dev/null", "/dev/null", "/dev/null", "/dev/null"),
        ] {
            assert_eq!(name(&launched, named), by_launcher);
            assert_eq!(name(&typed, named), by_hand);
            assert_eq!(name(&alone, named), whole);
        }
        assert_eq!(
            launched.remark().unwrap(),
            "shard 3/4 (PMI_RANK=3, PMI_SIZE=4)"
        );
        assert_eq!((typed.remark(), alone.remark()), (None, None));
    }
}
