//! Directories of findings: what is in them, and that a program does what the engine did.

use super::{campaign, plant, spoiled};
use secant::check::Class;
use secant::engine::{Engine, PLAIN};
use secant::fuzz::{Factory, Finding, Scope, Settings, run};
use secant::graph::Node;
use secant::modes;
use secant::{Case, Tensor};
use std::path::{Path, PathBuf};

/// The directories below one.
fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_finding_has_a_directory_with_all_that_a_report_needs() {
    type Row = (
        &'static str,
        fn() -> Box<dyn Engine>,
        &'static [&'static str],
        &'static str,
    );
    macro_rules! broken {
        ($name:literal) => {
            || {
                spoiled($name, |case, _, answer| {
                    plant(case, answer, |_, node| node.op.name() == "exp")
                })
            }
        };
    }
    let table: &[Row] = &[
        (
            "pytorch",
            broken!("pytorch"),
            &["reproduce.py"],
            "pip install torch==",
        ),
        (
            "tensorflow",
            broken!("tensorflow"),
            &["reproduce.py"],
            "pip install tensorflow-cpu==",
        ),
        (
            "tinygrad",
            broken!("tinygrad"),
            &["reproduce.py"],
            "pip install tinygrad==",
        ),
        (
            "candle",
            broken!("candle"),
            &["Cargo.toml", "src/main.rs"],
            "candle-core = \"=",
        ),
        (
            "burn-flex",
            broken!("burn-flex"),
            &["Cargo.toml", "src/main.rs"],
            "burn-tensor = { version = \"=",
        ),
        (
            "dfdx",
            broken!("dfdx"),
            &["Cargo.toml", "src/main.rs"],
            "dfdx = \"=",
        ),
        (
            "mine",
            broken!("mine"),
            &[],
            "no exporter writes programs for mine",
        ),
    ];
    for (name, engine, files, words) in table {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("findings-{name}"));
        let _ = std::fs::remove_dir_all(&place);
        let summary = campaign(&["exp", "add"], 60, Some(place.clone()), *engine);
        let all = directories(&place);
        assert_eq!(all.len(), 1, "one fault is one directory: {all:?}");
        let finding = &summary.findings[0];
        assert_eq!(
            finding.report.as_deref(),
            Some(&*all[0].display().to_string())
        );
        let own = all[0].file_name().unwrap().to_string_lossy().into_owned();
        let start = format!("{}-exp-", name.replace('-', "_"));
        assert!(own.starts_with(&start), "{own}");
        let read = |file: &str| std::fs::read_to_string(all[0].join(file)).unwrap();
        let small = Case::from_text(&read("case.graph")).unwrap();
        assert_eq!(small.graph.operations(), 1);
        let report = read("report.md");
        for part in [
            "## Expected and observed",
            "## The smallest case",
            "## To file upstream",
            words,
            "any shape",
        ] {
            assert!(report.contains(part), "{part}: {report}");
        }
        for file in *files {
            assert!(report.contains(&read(file)[..40]), "{file}");
        }
        if let Some(program) = files.last() {
            assert!(read(program).contains("should be {expected}"));
        }
        assert_eq!(all[0].join("src").exists(), files.contains(&"src/main.rs"));
    }
}

fn has_exp(case: &Case) -> bool {
    case.graph.histogram().contains_key("exp")
}

/// What is wrong along a direction only is told as that, and no program asserts it of anything else.
#[test]
fn what_is_wrong_along_a_direction_is_shown_along_it() {
    type Row = (
        &'static str,
        fn() -> Box<dyn Engine>,
        Class,
        &'static [&'static str],
        Result<[&'static str; 2], &'static str>,
    );
    macro_rules! without_tangents {
        ($name:literal) => {
            || {
                spoiled($name, |case, _, answer| {
                    let numbers = answer.jvp.iter_mut().flatten();
                    let numbers = numbers.filter(|_| has_exp(case));
                    numbers.for_each(|(_, data)| data.fill(f64::NAN));
                })
            }
        };
    }
    const TANGENTS: &[&str] = &[
        "| tangent of ",
        "the forward-mode derivative of `exp` is not finite",
        "differences of the engine's own values were compared with them",
    ];
    let table: &[Row] = &[
        (
            "pytorch",
            without_tangents!("pytorch"),
            Class::NonFinite,
            TANGENTS,
            Ok(["jvp", "hvp"]),
        ),
        (
            "candle",
            without_tangents!("candle"),
            Class::NonFinite,
            TANGENTS,
            Err("programs for candle do not ask for the jvp"),
        ),
        (
            "jax",
            || {
                spoiled("jax", |case, want, _| {
                    let fails = want.direction.is_some() && has_exp(case);
                    assert!(!fails, "no second derivative of exp");
                })
            },
            Class::Crash,
            &["the second derivative of `exp` ends in an error"],
            Ok(["hvp", "jvp"]),
        ),
    ];
    for (name, engine, class, words, program) in table {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("findings-along-{name}"));
        let _ = std::fs::remove_dir_all(&place);
        let engine = *engine;
        let factory: Factory = Box::new(move || Ok(engine()));
        let settings = Settings {
            cases: Some(60),
            scope: Scope::only(["exp", "add"]).unwrap(),
            order: 2,
            jobs: 1,
            findings: Some(place.clone()),
            ..Settings::default()
        };
        let summary = run(&settings, &[factory], &|_| true).unwrap();
        let found = summary.findings.iter().map(|finding| finding.class);
        assert_eq!(
            found.collect::<Vec<_>>(),
            [*class],
            "{:?}",
            summary.findings
        );
        let all = directories(&place);
        let report = std::fs::read_to_string(all[0].join("report.md")).unwrap();
        for part in *words {
            assert!(report.contains(part), "{part}: {report}");
        }
        let written = std::fs::read_to_string(all[0].join("reproduce.py"));
        match program {
            Ok([asked, other]) => {
                let written = written.unwrap();
                assert!(written.contains(&format!("def {asked}(")), "{written}");
                assert!(!written.contains(&format!("def {other}(")), "{written}");
                // of a part without numbers only shapes are asserted
                let asserted = format!("    (\"{asked}\", [");
                let is_asserted = *class != Class::Crash;
                assert_eq!(written.contains(&asserted), is_asserted, "{written}");
                assert!(!written.contains("    (\"value\", ["), "{written}");
            }
            Err(why) => assert!(written.is_err() && report.contains(why), "{report}"),
        }
    }
}

/// Whether an adapter that chooses by names would choose one of two ways for a node.
fn chosen(case: &Case, node: &Node) -> bool {
    let mut ids = case.graph.ids();
    let id = ids.find(|id| std::ptr::eq(case.graph.node(*id), node));
    let name = case.graph.name(id.expect("a node of the case"));
    !name.starts_with(PLAIN) && name.bytes().map(usize::from).sum::<usize>() % 2 == 0
}

#[test]
fn what_an_adapter_chose_by_a_name_is_written_into_the_case_or_told() {
    type Row = (
        &'static str,
        fn() -> Box<dyn Engine>,
        &'static [&'static str],
        &'static str,
    );
    let table: &[Row] = &[
        (
            "view",
            || {
                spoiled("candle", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        let operand = node.args.first().map(|&arg| case.graph.node(arg));
                        let is_view = operand.is_some_and(|node| node.op.name() == "transpose");
                        let hidden = node.shape.rank() >= 2 && chosen(case, node);
                        node.op.name() == "exp" && (is_view || hidden)
                    });
                })
            },
            &["plain = transpose(", "plain1 = exp(plain)"],
            "To reproduce, `cargo run`",
        ),
        (
            "spelling",
            || {
                spoiled("candle", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        node.op.name() == "exp" && chosen(case, node)
                    });
                })
            },
            &["= exp("],
            "There is no program to reproduce it: it shows in a spelling or a view",
        ),
    ];
    for (name, engine, lines, words) in table {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chosen-{name}"));
        let _ = std::fs::remove_dir_all(&place);
        let summary = campaign(&["exp", "add"], 60, Some(place.clone()), *engine);
        assert_eq!(summary.findings.len(), 1, "{name}: {:?}", summary.findings);
        assert_eq!(summary.findings[0].ops, ["exp"], "{name}");
        let own = &directories(&place)[0];
        let read = |file: &str| std::fs::read_to_string(own.join(file)).unwrap();
        for line in *lines {
            assert!(read("case.graph").contains(line), "{}", read("case.graph"));
        }
        assert!(read("report.md").contains(words), "{}", read("report.md"));
        assert_eq!(own.join("src").exists(), *name == "view");
    }
}

/// What was never written may be 0: a case whose right number is 0 would show it by chance only.
#[test]
fn what_memory_holds_by_chance_is_not_what_a_case_becomes() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("findings-by-chance");
    let _ = std::fs::remove_dir_all(&directory);
    let summary = campaign(&["matmul", "neg"], 100, Some(directory), || {
        spoiled("unwritten", |case, _, answer| {
            let outputs = case.graph.outputs().iter();
            for ((_, data), &id) in answer.value.iter_mut().flatten().zip(outputs) {
                if case.graph.node(id).op.name() == "matmul" {
                    data.fill(1.6e-322);
                }
            }
        })
    });
    let of_values = |finding: &&Finding| finding.class == Class::WrongValue;
    let finding = summary.findings.iter().find(of_values).unwrap();
    let report = PathBuf::from(finding.report.as_ref().unwrap());
    let text = std::fs::read_to_string(report.join("case.graph")).unwrap();
    let case = Case::from_text(&text).unwrap();
    let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
    let values = modes::run(&case.graph, &params).unwrap();
    let mut outputs = case.graph.outputs().iter().map(|id| &values[id.index()]);
    assert!(outputs.any(|y| y.iter().any(|y| y != 0.0)), "{text}");
}
