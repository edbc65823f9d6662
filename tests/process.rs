//! Engines in processes of their own: those that work, and all the ways in which they do not.
#![cfg(all(unix, feature = "serde"))]

use secant::engine::{Engine, EngineError, Limits, Mode, ProcessEngine, Want};
use secant::graph::{Case, Params};
use secant::tensor::Tensor;
use std::time::{Duration, Instant};

const HELLO: &str = r#"{"id":0,"ok":true,"engine":"fake","version":"1","dtypes":["f32","f64"],"modes":["gradient"],"ops":["square","sum"]}"#;

/// A shell script that answers the hello and then goes on with `rest`.
fn script(rest: &str) -> String {
    shell_words::quote(&format!("read -r hello; echo '{HELLO}'; {rest}")).into_owned()
}

fn limits() -> Limits {
    Limits {
        answer: Duration::from_millis(300),
        hello: Duration::from_secs(10),
        line: 1 << 16,
    }
}

fn engine(rest: &str) -> ProcessEngine {
    ProcessEngine::start(&format!("sh -c {}", script(rest)), limits()).unwrap()
}

fn case() -> Case {
    Case::from_text("secant 1\nparam x [2] = [3.0, 1.0]\ny = square(x)\nreturn y\n").unwrap()
}

fn answer(rest: &str) -> Result<secant::engine::Evaluation, EngineError> {
    engine(rest).evaluate(&case(), &Want::gradient())
}

#[test]
fn an_answer() {
    let good = r#"read -r q; echo '{"id":1,"ok":true,"value":{"y":[9.0,1]},"gradient":{"x":["nan","-inf"]},"shapes":{"x":[2]}}'; read -r q"#;
    let mut engine = engine(good);
    assert_eq!(
        (engine.name(), &engine.capabilities().version[..]),
        ("fake", "1")
    );
    let found = engine.evaluate(&case(), &Want::gradient()).unwrap();
    assert_eq!(found.value.unwrap(), [("y".to_string(), vec![9.0, 1.0])]);
    let gradient = &found.gradient.unwrap()[0].1;
    assert!(gradient[0].is_nan() && gradient[1] == f64::NEG_INFINITY);
    assert_eq!(found.shapes[0].1.to_vec(), [2]);
}

#[test]
fn lengths_are_left_to_the_judge() {
    let found = answer(r#"read -r q; echo '{"id":1,"ok":true,"value":{},"gradient":{"x":[1]}}'"#);
    assert_eq!(found.unwrap().gradient.unwrap()[0].1.len(), 1);
}

#[test]
fn what_the_engine_does_not_have_is_not_asked() {
    let mut engine = engine("exit 1");
    let mut directions = Params::new();
    directions.insert("x", Tensor::from([1.0, 0.0]));
    let want = Want {
        tangents: Some(directions),
        ..Want::gradient()
    };
    let unsupported = |what: &str| Err(EngineError::Unsupported(what.into()));
    assert_eq!(
        engine.evaluate(&case(), &want),
        unsupported(Mode::Jvp.name())
    );
    let tanh = Case::from_text("secant 1\nparam x [] = 3.0\ny = tanh(x)\nreturn y\n").unwrap();
    assert_eq!(
        engine.evaluate(&tanh, &Want::gradient()),
        unsupported("tanh")
    );
}

#[test]
fn the_engines_own_errors() {
    let said = |error: &str| {
        answer(&format!(
            r#"read -r q; echo '{{"id":1,"ok":false,{error}}}'"#
        ))
    };
    assert_eq!(
        said(r#""error":"unsupported","op":"square""#),
        Err(EngineError::Unsupported("square".into()))
    );
    assert_eq!(
        said(r#""error":"failed","message":"boom""#),
        Err(EngineError::Failed("boom".into()))
    );
    assert_eq!(
        said(r#""error":"invalid","message":"no""#),
        Err(EngineError::Invalid("no".into()))
    );
}

#[test]
fn crashes_and_garbage_are_failures_that_say_what_happened() {
    let table = [
        (
            "exit 3",
            "died before it answered the case (exit status: 3)",
        ),
        (
            "read -r q; echo 'out of memory' >&2; kill -9 $$",
            "its log ends: out of memory",
        ),
        ("read -r q; echo Traceback", "found \"Traceback\""),
        (r#"read -r q; echo '{"id":0,"ok":true}'"#, "expected 1"),
        (
            r#"read -r q; echo '{"id":1,"ok":true,"value":{}}'"#,
            "`gradient` is missing",
        ),
        (
            r#"read -r q; echo '{"id":1,"ok":true,"value":{"y":[NaN,1]},"gradient":{}}'"#,
            "\"nan\"",
        ),
        (r"read -r q; printf '\377\n'", "UTF-8"),
        (
            "read -r q; head -c 100000000 /dev/zero | tr '\\0' ' '",
            "more than 65536 bytes",
        ),
        ("exec >&-; sleep 30", "closed its output"),
    ];
    for (rest, expected) in table {
        match answer(rest) {
            Err(EngineError::Failed(message)) => {
                assert!(message.contains(expected), "{rest}: {message}");
            }
            other => panic!("{rest}: {other:?}"),
        }
    }
}

#[test]
fn a_process_that_hangs_is_killed_with_all_that_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pid");
    // the child of the child would live for a minute
    let mut engine = engine(&format!("sleep 60 & echo $! > '{}'; wait", file.display()));
    let start = Instant::now();
    match engine.evaluate(&case(), &Want::gradient()) {
        Err(EngineError::Timeout(message)) => assert!(message.contains("300ms"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    dies(&std::fs::read_to_string(file).unwrap());
}

/// Waits until a process is dead.
fn dies(pid: &str) {
    let start = Instant::now();
    let is_alive = || {
        // it is gone, or a zombie that waits for whoever adopted it
        let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        status.is_ok_and(|status| !status.contains(") Z"))
    };
    // the signal has been sent, but it may not have arrived
    while is_alive() {
        assert!(start.elapsed() < Duration::from_secs(20), "{pid} lives");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A wrapper that ends leaves what it started at the pipes.
#[test]
fn what_a_dead_process_started_is_killed_too() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pid");
    let mut engine = engine(&format!(
        "sleep 60 & echo $! > '{}'; exit 0",
        file.display()
    ));
    let found = engine.evaluate(&case(), &Want::gradient());
    assert!(found.is_err(), "{found:?}");
    drop(engine);
    dies(&std::fs::read_to_string(file).unwrap());
}

#[test]
fn an_engine_that_does_not_start_again_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("engine");
    let text = format!("read -r hello; echo '{HELLO}'; read -r q; exit 1\n");
    std::fs::write(&file, text).unwrap();
    let command = format!("sh '{}'", file.display());
    let mut engine = ProcessEngine::start(&command, limits()).unwrap();
    std::fs::remove_file(file).unwrap();
    let died = engine.evaluate(&case(), &Want::gradient());
    assert!(matches!(died, Err(EngineError::Failed(_))), "{died:?}");
    let gone = engine.evaluate(&case(), &Want::gradient());
    assert!(matches!(gone, Err(EngineError::Gone(_))), "{gone:?}");
}

#[test]
fn a_process_that_does_not_read_runs_into_its_limit() {
    let numbers = vec!["1.0"; 100_000].join(",");
    let text = format!("secant 1\nparam x [100000] = [{numbers}]\ny = square(x)\nreturn y\n");
    let large = Case::from_text(&text).unwrap();
    let found = engine("sleep 60").evaluate(&large, &Want::gradient());
    assert!(matches!(found, Err(EngineError::Timeout(_))), "{found:?}");
}

#[test]
fn after_a_death_the_next_case_finds_a_new_process() {
    // answers the first case that it sees, then dies at the second
    let good = r#"read -r q; id=${q#*:}; id=${id%%,*}; printf '{"id":%s,"ok":true,"value":{"y":[9,1]},"gradient":{"x":[6,2]}}\n' $id; read -r q; exit 1"#;
    let hello = r#"read -r q; id=${q#*:}; id=${id%%,*}; printf '{"id":%s,"ok":true,"engine":"fake","version":"1","dtypes":["f64"],"modes":["gradient"]}\n' $id"#;
    let both = format!("{hello}; {good}");
    let command = format!("sh -c {}", shell_words::quote(&both));
    let mut engine = ProcessEngine::start(&command, limits()).unwrap();
    for turn in 0..6 {
        let found = engine.evaluate(&case(), &Want::gradient());
        assert_eq!(found.is_ok(), turn % 2 == 0, "turn {turn}: {found:?}");
    }
}

#[test]
fn engines_that_cannot_be_started() {
    let table = [
        ("no-such-engine-anywhere --fast", "No such file"),
        ("", "empty"),
        ("sh -c 'unfinished", "quote"),
        ("true", "died before it answered the hello (exit status: 0)"),
        (
            "sh -c 'echo no such device >&2; exit 7'",
            "its log ends: no such device",
        ),
        ("sh -c 'read -r q; echo hello'", "one JSON object"),
        (
            r#"sh -c "read -r q; echo '{\"id\":0,\"ok\":false,\"error\":\"failed\",\"message\":\"no GPU\"}'""#,
            "no GPU",
        ),
        (
            r#"sh -c "read -r q; echo '{\"id\":0,\"ok\":true}'""#,
            "`engine` is missing",
        ),
        ("sleep 60", "did not answer the hello within 200ms"),
    ];
    for (command, expected) in table {
        let limits = Limits {
            hello: Duration::from_millis(if command == "sleep 60" { 200 } else { 10_000 }),
            ..limits()
        };
        let Err(error) = ProcessEngine::start(command, limits) else {
            panic!("{command} has started");
        };
        let message = error.to_string();
        assert!(message.contains(expected), "{command}: {message}");
        assert!(message.contains("could not be started"), "{message}");
    }
}

#[test]
fn dropping_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ended");
    drop(engine(&format!("read -r q; echo > '{}'", file.display())));
    assert!(file.exists(), "its input was closed and it was waited for");
}
