#![cfg(unix)]

use super::*;

/// A shell script that introduces itself and then goes on with `rest`.
pub(super) fn fake(rest: &str) -> String {
    let hello = r#"{"id":0,"ok":true,"engine":"fake","version":"1","dtypes":["f32","f64"],"modes":["gradient"]}"#;
    let script = format!("read -r q; echo '{hello}'; {rest}");
    format!("sh -c '{}'", script.replace('\'', "'\\''"))
}

#[test]
fn engines_that_cannot_be_started() {
    let place = Place::new();
    let table = [
        ("nosuch", "built in are tape"),
        ("nosuch --fast", "`nosuch --fast` could not be started"),
        ("true", "died before it answered the hello"),
        ("sh -c 'echo no GPU >&2; exit 1'", "no GPU"),
        ("echo hello", "expected one JSON object"),
        ("'unfinished", "could not be started"),
        ("", "empty"),
        ("sleep 60", "did not answer the hello"),
    ];
    for (engine, expected) in table {
        let hurry = [
            "--start-timeout",
            if engine == "sleep 60" { "0.2" } else { "20" },
        ];
        for args in [
            &["fuzz", "--seconds", "1000"][..],
            &["check", "net.graph"],
            &["replay", "net.graph"],
            &["minimise", "net.graph"],
            &["engines"],
        ] {
            let args = [args, &["--engine", engine], &hurry].concat();
            place.run(&args).ends(3).says(expected);
        }
    }
    assert_eq!(files(place.0.path()), ["net.graph"]);
}

/// What an engine does at a case, how that is called, and what is said of it.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "read -r q; exit 1",
        "crash",
        "died before it answered the case (exit status: 1)",
    ),
    (
        "read -r q; echo oops >&2; kill -9 $$",
        "crash",
        "its log ends: oops",
    ),
    (
        "read -r q; sleep 60",
        "timeout",
        "did not answer the case within",
    ),
    ("read -r q; echo Traceback", "crash", "garbage"),
    ("read -r q; printf '\\377\\n'", "crash", "UTF-8"),
    (
        r#"read -r q; echo '{"id":9,"ok":true}'"#,
        "crash",
        "expected 1",
    ),
    (
        r#"read -r q; echo '{"id":1,"ok":false,"error":"failed","message":"CUDA"}'"#,
        "crash",
        "CUDA",
    ),
    (
        r#"read -r q; echo '{"id":1,"ok":true,"value":{"l":[1.3859265853258247]},"gradient":{"w":[1]}}'"#,
        "wrong-shape",
        "has 1 elements, should have 6",
    ),
    (
        r#"read -r q; echo '{"id":1,"ok":true,"value":{"l":[1.3859265853258247]},"gradient":{}}'"#,
        "missing-gradient",
        "w",
    ),
    (
        r#"read -r q; echo '{"id":1,"ok":true,"value":{"l":[1.3859265853258247]},"gradient":{"w":["nan","nan","nan","nan","nan","nan"]}}'"#,
        "non-finite",
        "NaN",
    ),
    (
        "read -r q; head -c 100000000 /dev/zero | tr '\\0' x",
        "crash",
        "a line of more than",
    ),
];

#[test]
fn faults_at_a_case_are_findings() {
    let place = Place::new();
    for (rest, class, words) in FAULTS {
        // the long line takes its time
        let patience = if rest.contains("sleep") { "0.3" } else { "60" };
        let engine = fake(rest);
        let args = ["--engine", &engine, "--timeout", patience];
        let run = place
            .run(&[&["check", "net.graph"], &args[..]].concat())
            .ends(1);
        assert!(run.out.contains("disagree"), "{rest}: {}", run.out);
        assert!(
            run.out.contains(class) && run.out.contains(words),
            "{rest}: {}",
            run.out
        );
        let json = [&["check", "net.graph", "--json", "-"], &args[..]].concat();
        let found = place.run(&json).ends(1).json();
        let faults = found["faults"].as_array().unwrap();
        assert!(
            faults.iter().any(|fault| fault["class"] == *class),
            "{rest}: {found}"
        );
        let run = place
            .run(&[&["replay", "net.graph"], &args[..]].concat())
            .ends(1);
        assert!(run.out.contains(class), "{rest}: {}", run.out);
    }
}

#[test]
fn a_campaign_goes_on_after_deaths_and_hangs() {
    let place = Place::new();
    for (rest, class) in [
        ("read -r q; exit 1", "crash"),
        ("read -r q; sleep 60", "timeout"),
    ] {
        let engine = fake(rest);
        let args = [
            "fuzz",
            "--cases",
            "3",
            "--jobs",
            "1",
            "--ops",
            "sin",
            "--json",
            "-",
            "--timeout",
            "0.2",
        ];
        let found = place
            .run(&[&args[..], &["--engine", &engine]].concat())
            .ends(1)
            .json();
        assert_eq!(
            (&found["cases"], &found["engines"][0]["disagree"]),
            (&3.into(), &3.into())
        );
        assert_eq!(found["findings"][0]["class"], class);
        let file = found["findings"][0]["file"].as_str().unwrap();
        assert!(place.path(file).exists());
    }
}

#[test]
fn what_an_engine_does_not_have_is_no_finding() {
    let place = Place::new();
    let engine = fake(r#"read -r q; echo '{"id":1,"ok":false,"error":"unsupported","op":"tanh"}'"#);
    let args = ["check", "net.graph", "--engine", &engine];
    let run = place.run(&args).ends(0);
    assert!(run.out.contains("undecided (unsupported)"), "{}", run.out);
    place.run(&[&args[..], &["--strict"]].concat()).ends(1);
    // it has no Hessians
    place.run(&[&args[..], &["--order", "2"]].concat()).ends(0);
    let invalid =
        fake(r#"read -r q; echo '{"id":1,"ok":false,"error":"invalid","message":"axis"}'"#);
    place
        .run(&["check", "net.graph", "--engine", &invalid])
        .ends(2)
        .says("axis");
}

/// An engine that gives the same answer to every case.
fn always(answer: &str) -> String {
    let id = r#"id=$(echo "$q" | sed "s/{.id.:\([0-9]*\).*/\1/")"#;
    fake(&format!(
        r#"while read -r q; do {id}; echo "{{\"id\":$id,{}}}"; done"#,
        answer.replace('"', "\\\"")
    ))
}

#[test]
fn a_convention_is_listed_and_no_disagreement() {
    let place = Place::new();
    let relu = "secant 1\nparam x [] = 0.0\ny = relu(x)\nreturn y\n";
    place.write("relu.graph", relu);
    let answer = |slope: &str| {
        always(&format!(
            r#""ok":true,"value":{{"y":[0.0]}},"gradient":{{"x":[{slope}]}}"#
        ))
    };
    let run = |slope: &str| place.run(&["replay", "relu.graph", "--engine", &answer(slope)]);
    let convention = run("1.0").ends(0);
    assert!(convention.out.contains("convention"), "{}", convention.out);
    assert!(
        convention.err.contains("0 disagreements"),
        "{}",
        convention.err
    );
    let ours = run("0.0").ends(0);
    assert!(!ours.out.contains("convention"), "{}", ours.out);
    // not between the two sides; its own values never change, which makes them wrong too
    let wrong = run("3.0").ends(1);
    assert!(wrong.out.contains("wrong-gradient"), "{}", wrong.out);
}
