//! What leaves the program: exit status, colour, tables, JSON. Results go to stdout, talk to stderr.

use anstyle::{AnsiColor, Style};
use secant::check::{Class, Verdict};
use serde_json::Value;
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

/// The end of a `--help`.
macro_rules! exit_status {
    () => {
        "\
Exit status:
  0  all agree
  1  at least one disagreement
  2  bad usage or bad input
  3  an engine could not be started"
    };
}
pub(crate) use exit_status;

/// How the program ends. The gravest counts, as with `grep` and `diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// All agree.
    Agree = 0,
    /// At least one disagreement.
    Disagree = 1,
    /// Bad usage or bad input.
    BadInput = 2,
    /// An engine could not be started.
    NoEngine = 3,
}

impl Status {
    /// The status of a verdict.
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Disagree => Status::Disagree,
            Verdict::Agree | Verdict::Undecided => Status::Agree,
        }
    }
}

/// Why the program stops before it is done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Bad usage or bad input.
    Input(String),
    /// An engine could not be started.
    Engine(String),
    /// Nobody reads our output any more.
    Pipe,
}

impl From<io::Error> for Failure {
    /// Of output; input has messages of its own.
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::BrokenPipe => Failure::Pipe,
            _ => Failure::Input(format!("the output cannot be written: {e}")),
        }
    }
}

pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const BOLD: Style = Style::new().bold();

/// Something in a style. The streams of `anstream` drop it where there is no terminal or `NO_COLOR` is set.
pub(crate) fn painted(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A finding's message behind its class, which most messages name themselves.
pub(crate) fn finding(class: Class, message: &str) -> String {
    match message.starts_with(class.name()) {
        true => message.to_string(),
        false => format!("{class}: {message}"),
    }
}

/// A verdict's word in its colour.
pub(crate) fn coloured(verdict: Verdict) -> String {
    let style = match verdict {
        Verdict::Agree => GREEN,
        Verdict::Undecided => YELLOW,
        Verdict::Disagree => RED,
    };
    painted(style, verdict.name())
}

/// Standard output, with colour if it wants any.
pub(crate) fn stdout() -> anstream::AutoStream<io::StdoutLock<'static>> {
    anstream::stdout().lock()
}

/// An error message.
pub(crate) fn complain(message: &str) {
    anstream::eprintln!("{} {message}", painted(RED.bold(), "error:"));
}

/// A remark.
pub(crate) fn remark(message: &str) {
    anstream::eprintln!("{message}");
}

/// Rows as aligned columns: the first to the left, the others to the right.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |text: &str| {
        anstream::adapter::strip_str(text)
            .to_string()
            .chars()
            .count()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            let cells = rows.iter().filter_map(|row| row.get(c));
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (c, cell) in row.iter().enumerate() {
            let space = " ".repeat(widths[c] - width(cell));
            match c {
                0 => line.extend([cell.as_str(), &space]),
                _ => line.extend(["  ", &space, cell.as_str()]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A number as JSON; those that are not finite are words.
pub(crate) fn number(x: f64) -> Value {
    match serde_json::Number::from_f64(x) {
        Some(number) => Value::Number(number),
        None if x.is_nan() => "nan".into(),
        None if x > 0.0 => "inf".into(),
        None => "-inf".into(),
    }
}

/// Whether an output file's name stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A file to be written, or standard output for `-`. That it can be written is known before there is anything to write,
/// and what it held stays until there is.
pub(crate) struct Target {
    path: PathBuf,
    file: Option<File>,
    fresh: bool,
}

impl Target {
    /// Opens a file for writing.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = if is_stdout(path) {
            None
        } else {
            let mut options = OpenOptions::new();
            let opened = options.write(true).create(true).truncate(false).open(path);
            Some(opened.map_err(|e| cannot_write(path, &e))?)
        };
        Ok(Self {
            path: path.into(),
            file,
            fresh: true,
        })
    }

    /// Adds to the file; what was in it before is gone at the first call.
    pub(crate) fn write(&mut self, text: &str) -> Result<(), Failure> {
        let Some(file) = &mut self.file else {
            let mut out = stdout();
            out.write_all(text.as_bytes())?;
            return Ok(out.flush()?);
        };
        let emptied = match std::mem::take(&mut self.fresh) {
            true => file.set_len(0).and_then(|()| file.rewind()),
            false => Ok(()),
        };
        // a device has no length to set
        emptied.or_else(|e| match e.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::NotSeekable => Ok(()),
            _ => Err(cannot_write(&self.path, &e)),
        })?;
        file.write_all(text.as_bytes())
            .map_err(|e| cannot_write(&self.path, &e))
    }

    /// Adds a line of JSON.
    pub(crate) fn line(&mut self, value: &Value) -> Result<(), Failure> {
        self.write(&format!("{value}\n"))
    }
}

fn cannot_write(path: &Path, e: &io::Error) -> Failure {
    Failure::Input(format!("{}: cannot be written: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_whatever_their_colour() {
        let cells = |row: [&str; 2]| row.map(String::from).to_vec();
        let rows = [
            cells(["engine", "agree"]),
            vec!["tape".into(), painted(GREEN, 10)],
        ];
        let plain = anstream::adapter::strip_str(&table(&rows)).to_string();
        assert_eq!(plain, "engine  agree\ntape       10\n");
    }

    #[test]
    fn the_gravest_status_counts() {
        assert!(Status::Disagree < Status::BadInput && Status::BadInput < Status::NoEngine);
    }
}
