//! Files that come in, and clear words about those that are not what they should be.

use secant::Case;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Larger files are refused. A case of the largest size that can be evaluated is smaller.
const LARGEST: u64 = 4 << 30;

/// The extensions of cases.
const EXTENSIONS: [&str; 2] = ["graph", "json"];

fn has_case_extension(path: &Path) -> bool {
    let found = path.extension().and_then(OsStr::to_str);
    found.is_some_and(|found| {
        EXTENSIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(found))
    })
}

/// A file's text; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    let wrong = |message: String| format!("{}: {message}", path.display());
    let bytes = if path.as_os_str() == "-" {
        read(io::stdin().lock())
    } else if path.is_dir() {
        return Err(wrong("is a directory, expected a file".into()));
    } else {
        fs::File::open(path).and_then(read)
    };
    let bytes = bytes.map_err(|e| wrong(format!("cannot be read: {e}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(wrong(format!("is larger than {LARGEST} bytes")));
    }
    String::from_utf8(bytes).map_err(|e| {
        let (at, bytes) = (e.utf8_error().valid_up_to(), e.as_bytes());
        let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let start = bytes[..at]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |n| n + 1);
        let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
        wrong(format!(
            "line {line}, column {column}: found the byte {:#04x}, expected text in UTF-8",
            bytes[at]
        ))
    })
}

fn read(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The case of a `.graph` or `.json` file; `-` is standard input, in either format.
pub(crate) fn case(path: &Path) -> Result<Case, String> {
    let is_stdin = path.as_os_str() == "-";
    if !is_stdin && !path.is_dir() && path.exists() && !has_case_extension(path) {
        return Err(format!(
            "{}: expected a file that ends in .graph or .json",
            path.display()
        ));
    }
    let source = text(path)?;
    Case::parse(&source).map_err(|e| format!("{}: {e}", path.display()))
}

/// The files that paths stand for: a directory for all cases in it, sorted by name.
pub(crate) fn cases_in(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let start = files.len();
            descend(path, &mut files)?;
            files[start..].sort();
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn descend(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let wrong = |e: io::Error| format!("{}: cannot be read: {e}", directory.display());
    for entry in fs::read_dir(directory).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        // links to directories are not followed: they may lead back here
        if entry.file_type().map_err(wrong)?.is_dir() {
            descend(&entry.path(), files)?;
        } else if has_case_extension(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}
