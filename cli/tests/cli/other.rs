use super::*;

#[test]
fn every_subcommand_has_help_with_examples() {
    let place = Place::new();
    let run = place.run(&["--help"]).ends(0);
    assert!(run.out.contains("Exit status:"));
    let subcommands = [
        "fuzz",
        "check",
        "replay",
        "show",
        "minimise",
        "merge",
        "ops",
        "engines",
        "serve",
        "completions",
    ];
    for subcommand in subcommands {
        assert!(run.out.contains(subcommand), "{subcommand}");
        let run = place.run(&[subcommand, "--help"]).ends(0);
        assert!(run.out.contains("Examples:\n  "), "{subcommand}");
        place
            .run(&[subcommand, "--no-such-option"])
            .ends(2)
            .says("no-such-option");
    }
    place.run(&[]).ends(2);
    let run = place.run(&["--version"]).ends(0);
    assert_eq!(
        run.out.trim(),
        concat!("secant ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn show_writes_every_format() {
    let place = Place::new();
    let marks = [
        ("text", "matmul(w, x)"),
        ("json", "\"op\":\"matmul\""),
        ("dot", "digraph"),
        ("svg", "<svg"),
        ("rust", "fn main"),
        ("pytorch", "torch"),
        ("jax", "jax"),
        ("tensorflow", "tf."),
        ("tinygrad", "Tensor."),
    ];
    for (format, mark) in marks {
        let run = place.run(&["show", "net.graph", "--to", format]).ends(0);
        assert!(
            run.out.contains(mark) && run.out.ends_with('\n'),
            "{format}: {}",
            run.out
        );
    }
    place
        .run(&["show", "net.graph", "--to", "fortran"])
        .ends(2)
        .says("pytorch");
    // there and back again
    let json = place.run(&["show", "net.graph", "--to", "json"]).out;
    place.write("net.json", &json);
    let text = place.run(&["show", "net.graph"]).out;
    assert_eq!(place.run(&["show", "net.json"]).out, text);
    assert_eq!(place.run_with(&["show", "-"], &json).out, text);
    assert_eq!(place.run_with(&["show", "-"], &text).out, text);
    place
        .run(&["show", "net.graph", "-o", "again.graph"])
        .ends(0);
    assert_eq!(place.read("again.graph"), text);
}

#[test]
fn operations_are_listed() {
    let place = Place::new();
    let run = place.run(&["ops"]).ends(0);
    assert!(run.out.contains("matmul(") && run.out.contains("leaky_relu(x, slope=0.01)"));
    let all = place.run(&["ops", "--json"]).ends(0).json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), run.out.lines().count());
    let find = |name: &str| all.iter().find(|op| op["name"] == name).unwrap();
    let leaky = find("leaky_relu");
    assert_eq!(leaky["attrs"][0]["name"], "slope");
    assert_eq!(leaky["attrs"][0]["default"], 0.01);
    assert_eq!(leaky["operands"][0], "x");
    assert!(leaky["partials"].is_array() && leaky["value"].is_string());
    assert_eq!(find("log")["domain"][0][0], 0.0);
    assert!(find("matmul").get("partials").is_none());
    assert_eq!(find("abs")["kinks"], "x = 0");
    assert_eq!(find("max_reduce")["kinks"], "ties at the element taken");
    let run = place.run(&["ops", "--markdown"]).ends(0);
    let rows = run.out.lines().filter(|line| line.starts_with("| `"));
    let is_bounded = |interval: &Value| interval[0] != "-inf" || interval[1] != "inf";
    let is_choosy = |op: &&Value| {
        let kinks = op["kinks"].as_str().is_some_and(|kinks| !kinks.is_empty());
        let domain = op["domain"].as_array();
        kinks || domain.is_some_and(|domain| domain.iter().any(is_bounded))
    };
    assert_eq!(rows.count(), all.iter().filter(is_choosy).count());
    // a bar in a cell is not the end of the cell
    let row = run
        .out
        .lines()
        .find(|line| line.contains("`abs(x)`"))
        .unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 7);
}

#[test]
fn engines_are_listed() {
    let place = Place::new();
    let run = place.run(&["engines"]).ends(0);
    assert!(run.out.contains("scalar") && run.out.contains("matmul"));
    let own = served("");
    let found = place
        .run(&["engines", "--json", "--engine", &own])
        .ends(0)
        .json();
    let engines = found["engines"].as_array().unwrap();
    assert_eq!(engines.len(), 5);
    assert_eq!(engines[4]["command"], own);
    assert_eq!(found["ops"]["matmul"].as_array().unwrap().len(), 5);
}

#[test]
fn completions_are_written() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = place.run(&["completions", shell]).ends(0);
        assert!(run.out.contains("minimise"), "{shell}");
    }
}

#[test]
fn serve_answers_line_by_line() {
    let place = Place::new();
    let input = "{\"id\":0,\"kind\":\"hello\",\"protocol\":1}\nnonsense\n{\"id\":2}\n";
    let run = place.run_with(&["serve"], input).ends(0);
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["engine"]),
        (&0.into(), &"tape".into())
    );
    assert!(
        answers[0]["ops"]
            .as_array()
            .unwrap()
            .contains(&"matmul".into())
    );
    assert_eq!(
        (&answers[1]["id"], &answers[1]["error"]),
        (&Value::Null, &"invalid".into())
    );
    assert_eq!(answers[2]["id"], 2);
    place
        .run(&["serve", "--sabotage", "tanh"])
        .ends(2)
        .says("OP:KIND");
}

#[test]
fn replay_looks_into_directories() {
    let place = Place::new();
    place.run(&["replay"]).ends(0).says("nothing to replay");
    std::fs::create_dir_all(place.path("cases/deep")).unwrap();
    place.write("cases/b.graph", NET);
    place.write("cases/deep/a.graph", NET);
    place.write("cases/notes.txt", "not a case");
    let run = place
        .run(&["replay", "cases"])
        .ends(0)
        .says("2 cases, 0 disagreements");
    assert!(
        run.out.find("b.graph") < run.out.find("a.graph"),
        "{}",
        run.out
    );
    // one bad file does not hide the others
    place.write("cases/c.graph", "secant 1\n");
    let run = place
        .run(&["replay", "cases"])
        .ends(2)
        .says("c.graph")
        .says("2 cases");
    assert!(run.out.contains("b.graph"));
    place.run(&["replay", "nowhere"]).ends(2).says("nowhere");
}

#[cfg(unix)]
#[test]
fn nobody_has_to_read_to_the_end() {
    let place = Place::new();
    let mut command = place.command(&["ops", "--json"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().unwrap()).ends(0);
    assert_eq!(run.err, "");
}

#[test]
fn the_table_of_operations_is_the_one_that_is_printed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/CONVENTIONS.md");
    let printed = Place::new().run(&["ops", "--markdown"]).ends(0).out;
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let differ = printed
        .lines()
        .zip(written.lines().chain(std::iter::repeat("")))
        .find(|(printed, written)| printed != written);
    assert!(
        printed == written,
        "docs/CONVENTIONS.md is out of date; write it with

    cargo run -- ops --markdown > docs/CONVENTIONS.md

The first difference (printed, written): {differ:#?}"
    );
}
