//! What is wrong with a file: where, what was found, what was expected.

use std::fmt;

/// The first broken rule of a file.
///
/// ```
/// use secant::graph::Case;
/// let error = Case::from_text("secant 1\nparam x [2] = [1.0, 2.0]\ny = tnah(x)\nreturn y\n").unwrap_err();
/// assert_eq!((error.line, error.column), (3, 5));
/// assert_eq!(
///     error.to_string(),
///     "line 3, column 5: found the unknown operation `tnah`, expected an operation: did you mean `tanh`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, in characters, counted from 1.
    pub column: usize,
    /// What kind of rule is broken.
    pub fault: Fault,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

/// The kinds of rules that a file may break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text is not of the format.
    Syntax,
    /// An operation of this name is not known: a file of a newer version, or of an engine that can do more.
    UnknownOp(String),
    /// A name is not defined, defined twice, or no name.
    Name,
    /// An attribute is unknown, missing, given twice, or of the wrong kind.
    Attribute,
    /// Data that do not fit their shape or their kind.
    Data,
    /// An operation does not take these operands.
    Shape,
    /// Evaluating the program would need more memory than [`Case::MAX_ELEMENTS`](super::Case::MAX_ELEMENTS) grants.
    TooLarge,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            found,
            expected,
            ..
        } = self;
        write!(
            f,
            "line {line}, column {column}: found {found}, expected {expected}"
        )
    }
}

impl std::error::Error for ParseError {}

/// A broken rule at a place in the source, in bytes.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) fault: Fault,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Broken {
    pub(super) fn new(
        at: usize,
        fault: Fault,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            at,
            fault,
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// With line and column, which are counted only when somebody will read them.
    pub(super) fn locate(self, source: &str) -> ParseError {
        let before = &source.as_bytes()[..self.at.min(source.len())];
        let start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |newline| newline + 1);
        ParseError {
            line: before.iter().filter(|&&byte| byte == b'\n').count() + 1,
            // bytes that continue a character are not counted
            column: before[start..]
                .iter()
                .filter(|&&byte| byte & 0xC0 != 0x80)
                .count()
                + 1,
            fault: self.fault,
            found: self.found,
            expected: self.expected,
        }
    }
}

/// A piece of the source as a message quotes it: short, and on one line.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let short: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    format!(
        "`{short}{}`",
        if text.chars().nth(LONGEST).is_some() {
            "..."
        } else {
            ""
        }
    )
}

/// `1 number`, `2 numbers`.
pub(super) fn numbers(count: usize) -> String {
    format!("{count} number{}", if count == 1 { "" } else { "s" })
}

/// `: did you mean ...?`, if one of `names` is close to `name`.
pub(super) fn did_you_mean<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    const LONGEST: usize = 40; // beyond that nobody has mistyped a name, and the distance costs its square
    if name.len() > LONGEST {
        return String::new();
    }
    let near = names
        .filter(|other| other.len() <= LONGEST)
        .map(|other| (distance(name, other), other));
    match near.min_by_key(|&(distance, _)| distance) {
        Some((distance, other)) if distance <= 1 + name.len() / 4 => {
            format!(": did you mean `{other}`?")
        }
        _ => String::new(),
    }
}

/// The edits (insert, delete, replace, exchange neighbours) that make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let names = || ["tanh", "atan", "matmul", "sum"].into_iter();
        assert_eq!(did_you_mean("tnah", names()), ": did you mean `tanh`?");
        assert_eq!(did_you_mean("mat_mul", names()), ": did you mean `matmul`?");
        assert_eq!(did_you_mean("erfinv", names()), "");
        assert_eq!(did_you_mean(&"x".repeat(1000), names()), "");
    }

    #[test]
    fn columns_count_characters() {
        let source = "a\n\u{e9}\u{e9}x";
        let error = Broken::new(6, Fault::Syntax, "x", "y").locate(source);
        assert_eq!((error.line, error.column), (2, 3));
    }
}
