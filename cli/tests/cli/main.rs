//! The command line as its users see it: what it prints, where, and how it ends.

mod bad_input;
mod broken_engines;
mod campaign;
mod check;
mod fuzz;
mod other;
mod page;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A case with one parameter of six elements.
const NET: &str = "secant 1
param w [2, 3] = [0.5, -0.25, 0.75, 0.1, 0.2, 0.3]
const x [3] = [0.5, -1.0, 2.0]
h = matmul(w, x)
a = tanh(h)
l = sum(a)
return l
";

/// A directory of its own to run in.
struct Place(TempDir);

/// How a run ended.
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("net.graph", NET);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(SECANT);
        command.args(args).current_dir(self.0.path());
        for (name, _) in std::env::vars() {
            // whatever runs these tests may itself be a job
            if ["OMPI_", "PMI_", "SLURM_", "JOB_", "NO_COLOR", "CLICOLOR"]
                .iter()
                .any(|start| name.starts_with(start))
            {
                command.env_remove(name);
            }
        }
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    fn run_with(&self, args: &[&str], input: &str) -> Run {
        use std::io::Write;
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        Run::of(child.wait_with_output().unwrap())
    }
}

const SECANT: &str = env!("CARGO_BIN_EXE_secant");

/// Our own engine behind the pipe.
fn served(options: &str) -> String {
    let secant = SECANT.replace('\'', "'\\''");
    format!("'{secant}' serve {options}")
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            status: output.status.code().expect("it was not killed"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The run, if it ended so.
    #[track_caller]
    fn ends(self, status: i32) -> Self {
        let Self { out, err, .. } = &self;
        assert_eq!(self.status, status, "stdout:\n{out}\nstderr:\n{err}");
        self
    }

    /// The run, if it said so on stderr.
    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(
            self.err.contains(words),
            "{words:?} is not in\n{}",
            self.err
        );
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// The files in a directory, by name.
fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
