//! The GradBench example against recorded evaluations (`tests/data/gradbench`), and against messages that are not good.

#[allow(dead_code)] // `main`
#[path = "../examples/gradbench/main.rs"]
mod gradbench;

use gradbench::serve;
use serde_json::{Value, json};

/// The answers to messages, one a line.
fn answers(messages: &str) -> Vec<Value> {
    let mut output = Vec::new();
    serve(messages.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Where two outputs differ in structure or by more than 1e-9, relative to the larger one or 1.
fn difference(found: &Value, expected: &Value, place: &str) -> Option<String> {
    let differ = || Some(format!("{place}: found {found}, expected {expected}"));
    match (found, expected) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(i, (a, b))| difference(a, b, &format!("{place}[{i}]")))
        }
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            let nothing = Value::Null;
            let mut fields = b.iter();
            fields.find_map(|(k, b)| {
                difference(a.get(k).unwrap_or(&nothing), b, &format!("{place}.{k}"))
            })
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            let close = (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
            if close { None } else { differ() }
        }
        _ => differ(),
    }
}

/// Sends the messages of a recording, and compares the answers.
fn check(eval: &str) {
    let path = format!(
        "{}/tests/data/gradbench/{eval}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let recording: Vec<Value> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let messages: String = recording
        .iter()
        .map(|line| format!("{}\n", line["message"]))
        .collect();
    let found = answers(&messages);
    assert_eq!(found.len(), recording.len());
    let mut compared = 0;
    for (answer, line) in found.iter().zip(&recording) {
        let message = &line["message"];
        assert_eq!(answer["id"], message["id"]);
        if message["kind"] == "start" {
            continue;
        }
        assert_eq!(answer["success"], true, "{}", answer["error"]);
        if message["kind"] == "evaluate" {
            let what = format!("{eval}::{} {}", message["function"], message["description"]);
            let wrong = difference(&answer["output"], &line["expected_output"], &what);
            assert_eq!(wrong, None);
            let timings = answer["timings"].as_array().unwrap();
            assert!(!timings.is_empty());
            for timing in timings {
                assert_eq!(timing["name"], "evaluate");
                assert!(timing["nanoseconds"].is_u64());
            }
            compared += 1;
        }
    }
    assert!(compared > 0);
}

macro_rules! recorded {
    ($($eval:ident)*) => {$(
        #[test]
        fn $eval() {
            check(stringify!($eval));
        }
    )*};
}
recorded!(ba det gmm hello kmeans llsq lse lstm ode particle saddle);

#[test]
fn runs_until_both_minima_are_reached() {
    let evaluate = |runs: &str| {
        let message = format!(
            r#"{{"id":1,"kind":"evaluate","module":"lse","function":"primal","input":{{"x":[1]{runs}}}}}"#
        );
        answers(&message)[0]["timings"].as_array().unwrap().clone()
    };
    assert_eq!(evaluate("").len(), 1);
    assert_eq!(evaluate(r#","min_runs":0,"min_seconds":0"#).len(), 1);
    assert_eq!(evaluate(r#","min_runs":7,"min_seconds":0"#).len(), 7);
    let long = evaluate(r#","min_runs":1,"min_seconds":0.01"#);
    let total: u64 = long
        .iter()
        .map(|t| t["nanoseconds"].as_u64().unwrap())
        .sum();
    assert!(total >= 10_000_000);
}

#[test]
fn messages_that_are_no_evaluation() {
    let found = answers(concat!(
        r#"{"id":0,"kind":"start","eval":"hello"}"#,
        "\n",
        "\n",
        "not json\n",
        "[1, 2]\n",
        "{\"kind\":\"define\"}\n",
        "\u{0}\n",
        r#"{"id":1,"kind":"define","module":"nothing"}"#,
        "\n",
        r#"{"id":2,"kind":"analysis","of":1,"valid":true}"#,
        "\n",
        r#"{"id":"three","kind":"what is this"}"#,
        "\n",
        r#"{"id":4}"#,
    ));
    assert_eq!(found.len(), 5);
    assert_eq!(found[0]["id"], 0);
    assert_eq!(
        (&found[1]["id"], &found[1]["success"]),
        (&json!(1), &json!(false))
    );
    assert!(
        found[1]["error"]
            .as_str()
            .unwrap()
            .contains("there is no module `nothing`")
    );
    assert_eq!(
        found[2..],
        [
            json!({ "id": 2 }),
            json!({ "id": "three" }),
            json!({ "id": 4 })
        ]
    );
}

#[test]
fn bad_inputs_are_answers_that_say_why() {
    #[track_caller]
    fn check(module: &str, function: &str, input: Value, says: &str) {
        let message = json!({ "id": 5, "kind": "evaluate", "module": module, "function": function, "input": input });
        let found = answers(&message.to_string());
        assert_eq!(
            (&found[0]["id"], &found[0]["success"]),
            (&json!(5), &json!(false)),
            "{found:?}"
        );
        let error = found[0]["error"].as_str().unwrap();
        assert!(error.contains(says), "{error}");
    }
    check("nothing", "primal", json!({}), "no module");
    check("lse", "nothing", json!({}), "no function `nothing`");
    check("hello", "square", json!("x"), "the input");
    check("hello", "square", Value::Null, "the input");
    check("hello", "square", json!(1e200), "not finite");
    check("lse", "gradient", json!({ "x": [] }), "one or more");
    check("lse", "primal", json!({}), "missing field `x`");
    check(
        "lse",
        "primal",
        json!({ "x": [1], "min_runs": "many" }),
        "min_runs",
    );
    check(
        "llsq",
        "gradient",
        json!({ "x": [1.0], "n": 1 }),
        "n: expected",
    );
    check("llsq", "primal", json!({ "x": [], "n": 4 }), "length of x");
    check(
        "llsq",
        "primal",
        json!({ "x": [1.0], "n": u64::MAX }),
        "n: expected",
    );
    check(
        "llsq",
        "primal",
        json!({ "x": [1.0], "n": -1 }),
        "the input",
    );
    check("ode", "gradient", json!({ "x": [], "s": 1 }), "length of x");
    check(
        "ode",
        "gradient",
        json!({ "x": [1.0], "s": 0 }),
        "s: expected",
    );
    check(
        "ode",
        "primal",
        json!({ "x": [1.0, 2.0], "s": u64::MAX }),
        "s: expected",
    );
    check(
        "det",
        "primal",
        json!({ "A": [1.0], "ell": 2 }),
        "length of A",
    );
    check("det", "gradient", json!({ "A": [], "ell": 0 }), "ell");
    check(
        "det",
        "gradient",
        json!({ "A": [1.0], "ell": u64::MAX }),
        "ell",
    );
    check("saddle", "rr", json!({ "start": [1.0] }), "the input");
    check("saddle", "ff", json!({ "start": [1e200, 1.0] }), "finite");
    check("particle", "fr", json!({ "w": "west" }), "the input");
    // beside these charges it never comes down
    check("particle", "ff", json!({ "w": 30.0 }), "did not come down");
    check(
        "kmeans",
        "dir",
        json!({ "points": [], "centroids": [] }),
        "points",
    );
    check(
        "kmeans",
        "dir",
        json!({ "points": [[1.0], [2.0, 3.0]], "centroids": [[1.0]] }),
        "points",
    );
    check(
        "kmeans",
        "cost",
        json!({ "points": [[1.0]], "centroids": [[1.0, 2.0]] }),
        "centroids",
    );
    check(
        "kmeans",
        "cost",
        json!({ "points": [[1.0]], "centroids": [] }),
        "centroids",
    );
    // the second centroid has no points: its part of the Hessian is 0
    check(
        "kmeans",
        "dir",
        json!({ "points": [[1.0]], "centroids": [[1.0], [9.0]] }),
        "not finite",
    );
    let camera = [0.1; 11];
    let scene = |n: u64, cam: &[f64]| json!({ "n": n, "m": 1, "p": 1, "cam": cam, "x": [1, 2, 3], "w": 1, "feat": [0, 0] });
    check("ba", "jacobian", scene(0, &camera), "n: expected");
    check("ba", "objective", scene(u64::MAX, &camera), "n: expected");
    check("ba", "objective", scene(1, &camera[1..]), "the input");
    let mixture = |d: u64, k: u64| json!({ "d": d, "k": k, "n": 1, "x": [[1, 2]], "m": 0, "gamma": 1, "alpha": [0], "mu": [[1, 2]], "q": [[0, 0]], "l": [[0]] });
    check("gmm", "objective", mixture(0, 1), "d: expected");
    check("gmm", "jacobian", mixture(3, 1), "x: expected shape [1, 3]");
    check("gmm", "jacobian", mixture(2, 2), "alpha");
    check("gmm", "jacobian", mixture(u64::MAX, 1), "d: expected");
    let text = |letters: usize, width: usize| {
        json!({
            "main_params": [[0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1]], "extra_params": [[1], [1], [1]],
            "state": [[0], [0]], "sequence": vec![vec![1.0; width]; letters],
        })
    };
    check("lstm", "jacobian", text(1, 1), "number of letters");
    check("lstm", "objective", text(0, 1), "sequence");
    check("lstm", "objective", text(3, 2), "main_params");
    check("lstm", "objective", text(3, 0), "bits");
}
