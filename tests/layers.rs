//! The floors of the house: a module may use its own floor and the floors below, never one above.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `src/`, lowest floor first; the same list stands in ARCHITECTURE.md.
const FLOORS: &[&[&str]] = &[
    &["number"],
    &["tensor"],
    &["op"],
    &["graph"],
    &["modes", "scalar"],
    &["oracle", "interop"],
    &["engine", "check"],
    &["fuzz", "export"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The modules named behind `crate::`, also inside braces: `crate::{number::Real, tensor}`.
fn mentioned(code: &str) -> Vec<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(word(rest)),
            Some(group) => {
                let (mut depth, mut start) = (0, true);
                for (i, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && (c.is_alphanumeric() || c == '_') => {
                            found.push(word(&group[i..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

#[test]
fn no_arrow_points_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut arrows = 0;
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let first = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy();
        let own = first.trim_end_matches(".rs");
        if own == "lib" {
            continue;
        }
        let own_floor =
            floor(own).unwrap_or_else(|| panic!("src/{own} stands on no floor: add it to FLOORS"));
        let text = fs::read_to_string(&file).unwrap();
        // comments may point anywhere, and so may unit tests
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for module in mentioned(&code) {
            if let Some(other) = floor(&module) {
                arrows += 1;
                assert!(
                    other <= own_floor,
                    "{} (floor {own_floor}) uses crate::{module} (floor {other})",
                    relative.display()
                );
            }
        }
    }
    assert!(
        arrows > 50,
        "only {arrows} arrows were found: does the test still read the sources?"
    );
}

#[test]
fn the_reader_of_uses_reads_them() {
    assert_eq!(
        mentioned("use crate::{number::Real, op::{Id, Op}, tensor};"),
        ["number", "op", "tensor"]
    );
    assert_eq!(
        mentioned("crate::graph::Graph::new(); use crate::modes;"),
        ["graph", "modes"]
    );
}
