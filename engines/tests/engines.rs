//! Every engine that is compiled in, each in a process of its own: what it says of itself, that each of its operations is
//! the one that the adapter takes it for, and that nothing it does ends a campaign.

use serde_json::Value;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Run {
    status: i32,
    out: String,
    err: String,
}

fn run(args: &[&str]) -> Run {
    let place = TempDir::new().unwrap();
    let save = place.path().join("found");
    let mut command = Command::new(env!("CARGO_BIN_EXE_secant-engines"));
    command.args(args).env("RUST_BACKTRACE", "0");
    if args[0] == "fuzz" {
        command.arg("--save").arg(&save);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Run {
        status: status.code().expect("it was not killed"),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// The matrix of engines and operations, and the names of those that are not ours.
fn matrix() -> (Value, Vec<String>) {
    let run = run(&["engines", "--json"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let matrix: Value = serde_json::from_str(&run.out).unwrap();
    let engines = matrix["engines"].as_array().unwrap();
    let foreign = engines.iter().filter(|engine| {
        !engine["command"].is_null() || engine["modes"] == serde_json::json!(["gradient"])
    });
    let names = foreign
        .map(|engine| engine["name"].as_str().unwrap().to_string())
        .collect();
    (matrix, names)
}

fn fuzzed(engine: &str, rest: &[&str]) -> Value {
    let args = [
        &["fuzz", "--engine", engine, "--json", "-", "--quiet"],
        rest,
    ]
    .concat();
    let run = run(&args);
    assert!(run.status <= 1, "{args:?}: {}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn each_engine_introduces_itself() {
    let (matrix, names) = matrix();
    assert!(!names.is_empty(), "{matrix}");
    for engine in matrix["engines"].as_array().unwrap() {
        let version = engine["version"].as_str().unwrap();
        assert!(
            version.starts_with(|c: char| c.is_ascii_digit()),
            "{engine}"
        );
    }
}

/// Beside all its faults an engine must be right somewhere about each operation that it has: the adapter would else have
/// taken one for another.
#[test]
fn each_operation_is_the_one_that_is_meant() {
    let (matrix, names) = matrix();
    for name in &names {
        for (op, with) in matrix["ops"].as_object().unwrap() {
            if !with.as_array().unwrap().iter().any(|other| other == name) {
                continue;
            }
            let right = |summary: &Value| {
                let tally = &summary["engines"][0];
                tally["agree"].as_u64().unwrap() + tally["undecided"].as_u64().unwrap()
            };
            // of one that has no derivative there only cases of constants are left, which are few
            let mut summaries = ["150", "3000"].into_iter().map(|cases| {
                let alone = ["--ops", op, "--max-nodes", "1", "--jobs", "1"];
                fuzzed(name, &[&alone[..], &["--cases", cases]].concat())
            });
            let summary = summaries.find(|summary| right(summary) > 0);
            let summary = summary.unwrap_or_else(|| panic!("{name} is never right about {op}"));
            let tally = &summary["engines"][0];
            assert_eq!(tally["failed"], 0, "{name}, {op}: {summary}");
        }
    }
}

#[test]
fn a_campaign_goes_on_whatever_an_engine_does() {
    let (_, names) = matrix();
    for name in &names {
        let summary = fuzzed(name, &["--cases", "300", "--seed", "7"]);
        let tally = &summary["engines"][0];
        assert_eq!(summary["cases"], 300, "{name}");
        assert!(tally["agree"].as_u64() > Some(20), "{name}: {tally}");
        assert_eq!(tally["failed"], 0, "{name}: {tally}");
        for finding in summary["findings"].as_array().unwrap() {
            let words = finding["message"].as_str().unwrap();
            let ours = [
                "has no attribute",
                "is evaluated",
                "that was checked when the case was read",
            ];
            assert!(
                !ours.iter().any(|ours| words.contains(ours)),
                "{name}: {finding}"
            );
        }
    }
}

#[test]
fn the_saved_cases_are_answered() {
    let (_, names) = matrix();
    for name in &names {
        let run = run(&["replay", "../regressions", "--engine", name]);
        assert!(run.status <= 1, "{name}: {}", run.err);
        assert!(run.err.contains("cases,"), "{name}: {}", run.err);
    }
}

#[test]
fn a_case_replays_to_the_bit() {
    let (_, names) = matrix();
    for name in &names {
        let same = |summary: Value| {
            let findings = summary["findings"].as_array().unwrap().clone();
            let told = findings
                .iter()
                .map(|f| (f["case"].clone(), f["message"].clone()));
            (summary["engines"].clone(), told.collect::<Vec<_>>())
        };
        let once = same(fuzzed(
            name,
            &["--cases", "100", "--seed", "11", "--jobs", "1"],
        ));
        let twice = same(fuzzed(
            name,
            &["--cases", "100", "--seed", "11", "--jobs", "1"],
        ));
        assert_eq!(once, twice, "{name}");
    }
}

#[test]
fn an_engine_that_is_not_compiled_in() {
    let run = run(&[
        "check",
        "../regressions/gelu-tanh-far-out.graph",
        "--engine",
        "candel",
    ]);
    assert_eq!(run.status, 3, "{}", run.err);
    assert!(
        run.err.contains("built in are tape, graph, scalar, dual"),
        "{}",
        run.err
    );
}
