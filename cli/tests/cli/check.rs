use super::*;
use serde_json::json;

#[test]
fn our_engines_agree() {
    let place = Place::new();
    for engine in ["tape", "graph", "scalar", "dual"] {
        for order in ["1", "2"] {
            for method in ["auto", "full"] {
                let args = ["check", "net.graph", "--engine", engine, "--order", order];
                let run = place
                    .run(&[&args[..], &["--method", method]].concat())
                    .ends(0);
                let start = format!("net.graph ({engine}): agree (");
                assert!(run.out.starts_with(&start), "{}", run.out);
                assert_eq!(run.err, "");
            }
        }
    }
}

#[test]
fn json_is_one_object_a_line() {
    let place = Place::new();
    place.write("other.graph", NET);
    let run = place
        .run(&["check", "net.graph", "other.graph", "--json", "-"])
        .ends(0);
    let lines: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    let found = &lines[0];
    assert_eq!(found["file"], "net.graph");
    assert_eq!(found["engine"], "tape");
    assert_eq!(found["verdict"], "agree");
    assert_eq!(found["method"], "projection");
    assert!(found["classic_difference"].as_f64().unwrap() < 1e-6);
    assert!(found["evaluations"].as_u64().unwrap() > 0);
    let w = &found["params"]["w"];
    assert_eq!(
        (&w["checked"], &w["agree"], &w["disagree"]),
        (&json!(6), &json!(6), &json!(0))
    );
    assert_eq!(
        (&found["faults"], &found["pattern"]),
        (&json!([]), &Value::Null)
    );
    // into a file, and then people are told too; what was in the file goes
    place.write("out.json", "x".repeat(10_000));
    let run = place
        .run(&["check", "net.graph", "--json", "out.json"])
        .ends(0);
    assert!(run.out.contains("agree"));
    assert_eq!(place.read("out.json").lines().count(), 1);
}

/// The gradient that the tape gives.
fn gradient(place: &Place) -> Vec<f64> {
    let case = place
        .run(&["show", "net.graph", "--to", "json"])
        .ends(0)
        .json();
    let request = json!({"id": 1, "kind": "evaluate", "case": case, "want": ["gradient"]});
    let answer = place
        .run_with(&["serve"], &request.to_string())
        .ends(0)
        .json();
    let numbers = answer["gradient"]["w"].as_array().unwrap();
    numbers.iter().map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn claims() {
    let place = Place::new();
    let right = gradient(&place);
    let claim = |value: &Value| {
        place.write("claim.json", value.to_string());
        place.run(&["check", "net.graph", "--claim", "claim.json", "--json", "-"])
    };
    let run = claim(&json!({"gradient": {"w": right}})).ends(0);
    assert_eq!(run.json()["engine"], "claim.json");
    claim(&json!({"gradient": {"w": [&right[..3], &right[3..]]}})).ends(0);

    let doubled: Vec<f64> = right.iter().map(|x| 2.0 * x).collect();
    let run = claim(&json!({"gradient": {"w": doubled}})).ends(1);
    let found = run.json();
    assert_eq!(found["verdict"], "disagree");
    assert_eq!(found["pattern"], "w = 2.000 x reference in 6/6");
    let guilty = &found["guilty"][0];
    assert_eq!(
        (&guilty["node"], &guilty["op"], &guilty["operand"]),
        (&json!("h"), &json!("matmul"), &json!(0))
    );
    let faults = found["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 6);
    let fault = faults
        .iter()
        .find(|fault| fault["index"] == json!([1, 2]))
        .unwrap();
    assert_eq!(
        (&fault["param"], &fault["claimed"]),
        (&json!("w"), &json!(doubled[5]))
    );
    let ratio = fault["ratio"].as_f64().unwrap();
    assert!((ratio - 2.0).abs() < 1e-9, "{ratio}");

    let mut with_nan = json!(right);
    with_nan[4] = json!("nan");
    let run = claim(&json!({"gradient": {"w": with_nan}})).ends(1);
    assert_eq!(run.json()["faults"][0]["class"], "non-finite");
    assert_eq!(run.json()["faults"][0]["index"], json!([1, 1]));
}

#[test]
fn the_guilty_node_of_an_engine() {
    let place = Place::new();
    let engine = served("--sabotage tanh:sign");
    let run = |more: &[&str]| {
        let args = ["check", "net.graph", "--engine", &engine];
        place.run(&[&args[..], more].concat()).ends(1)
    };
    let message = "the share of tanh node a for its operand h has the wrong sign";
    assert_eq!(
        run(&["--json", "-"]).json()["guilty"],
        json!([{"node": "a", "op": "tanh", "operand": 0, "message": message}])
    );
    assert!(run(&[]).out.contains(&format!("  guilty: {message}\n")));
    let right = place.run(&["check", "net.graph", "--json", "-"]).ends(0);
    assert_eq!(right.json()["guilty"], json!([]));
}

#[test]
fn claims_that_do_not_fit_are_bad_input() {
    let place = Place::new();
    let table = [
        ("{", "line 1"),
        ("[]", "expected an object"),
        ("{}", "has no `gradient`"),
        (r#"{"gradient":[1]}"#, "expected an object of lists"),
        (r#"{"gradient":{}}"#, "nothing for the parameter `w`"),
        (r#"{"gradient":{"w":[1,2,3,4,5]}}"#, "found 5"),
        (
            r#"{"gradient":{"w":[[1,2],[3,4],[5,6]]}}"#,
            "for the shape [2, 3]",
        ),
        (r#"{"gradient":{"w":[1,2,3,4,5,null]}}"#, "found null"),
        (
            r#"{"gradient":{"w":[1,2,3,4,5,6],"x":[1]}}"#,
            "`x`, which is no parameter",
        ),
        // both are told
        (r#"{"gradient":{"v":[1]}}"#, "`v`, which is no parameter"),
        (r#"{"gradient":{"v":[1]}}"#, "nothing for the parameter `w`"),
    ];
    for (claim, expected) in table {
        place.write("claim.json", claim);
        let run = place.run(&["check", "net.graph", "--claim", "claim.json"]);
        run.ends(2).says("claim.json: ").says(expected);
    }
    place
        .run(&["check", "net.graph", "--claim", "none.json"])
        .ends(2)
        .says("none.json");
    place
        .run(&[
            "check",
            "net.graph",
            "--claim",
            "claim.json",
            "--engine",
            "tape",
        ])
        .ends(2);
    place
        .run(&["check", "net.graph", "net.graph", "--claim", "claim.json"])
        .ends(2);
}

#[test]
fn second_order_claims() {
    let place = Place::new();
    place.write(
        "square.graph",
        "secant 1\nparam x [2] = [3.0, -1.0]\ny = square(x)\nl = sum(y)\nreturn l\n",
    );
    let claim = |text: &str| {
        place.write("claim.json", text);
        place.run(&[
            "check",
            "square.graph",
            "--claim",
            "claim.json",
            "--order",
            "2",
        ])
    };
    claim(r#"{"hvp":{"x":[2,4]},"direction":{"x":[1,2]}}"#).ends(0);
    let run = claim(r#"{"hvp":{"x":[2,5]},"direction":{"x":[1,2]}}"#).ends(1);
    assert!(run.out.contains("wrong-hvp: x[1]"), "{}", run.out);
    // a gradient beside them is checked too
    claim(r#"{"gradient":{"x":[6,-2]},"hvp":{"x":[2,4]},"direction":{"x":[1,2]}}"#).ends(0);
    claim(r#"{"gradient":{"x":[6,2]},"hvp":{"x":[2,4]},"direction":{"x":[1,2]}}"#).ends(1);
    claim(r#"{"hvp":{"x":[2,4]}}"#)
        .ends(2)
        .says("has no `direction`");
    claim(r#"{"gradient":{"x":[6,-2]}}"#)
        .ends(2)
        .says("has no `hvp`");
}

#[test]
fn the_rule_of_the_course() {
    let place = Place::new();
    let run = place
        .run(&["check", "net.graph", "--method", "classic"])
        .ends(0);
    assert!(
        run.out.contains("The gradient looks right: difference = "),
        "{}",
        run.out
    );
    place.write("claim.json", r#"{"gradient":{"w":[1,2,3,4,5,6]}}"#);
    let args = [
        "check",
        "net.graph",
        "--claim",
        "claim.json",
        "--method",
        "classic",
    ];
    let run = place.run(&args).ends(1);
    assert!(run.out.contains("The gradient is wrong"), "{}", run.out);
    let found = place
        .run(&[&args[..], &["--json", "-"]].concat())
        .ends(1)
        .json();
    assert_eq!(
        (&found["method"], &found["verdict"]),
        (&json!("classic"), &json!("disagree"))
    );
    assert!(found["classic_difference"].as_f64().unwrap() > 0.1);
    place
        .run(&["check", "net.graph", "--method", "classic", "--order", "2"])
        .ends(2);
}

#[test]
fn colour_is_for_terminals() {
    let place = Place::new();
    let classic = ["check", "net.graph", "--method", "classic"];
    let with = |name: &str, value: &str| {
        Run::of(place.command(&classic).env(name, value).output().unwrap()).out
    };
    assert!(!place.run(&classic).out.contains('\x1b'));
    assert!(with("CLICOLOR_FORCE", "1").contains("\x1b[32mThe gradient looks right"));
    assert!(!with("NO_COLOR", "1").contains('\x1b'));
}

#[test]
fn what_cannot_be_decided_is_wrong_only_if_strict() {
    let place = Place::new();
    place.write(
        "kink.graph",
        "secant 1\nparam x [] = 0.0\ny = relu(x)\nreturn y\n",
    );
    let run = place.run(&["check", "kink.graph"]).ends(0);
    assert!(run.out.contains("undecided"), "{}", run.out);
    place.run(&["check", "kink.graph", "--strict"]).ends(1);
}
