//! Campaigns: runs that go on from where they were stopped, shards under launchers, reports for CI systems.

use super::*;
use serde_json::json;
use std::time::{Duration, Instant};

/// A summary without what depends on the clock.
fn timeless(mut summary: Value) -> Value {
    for key in ["seconds", "cases_per_second"] {
        summary.as_object_mut().unwrap().remove(key).unwrap();
    }
    summary
}

/// The standing in a file.
fn standing(place: &Place, name: &str) -> Value {
    let text = place.read(name);
    serde_json::from_str(text.lines().nth(2).unwrap()).unwrap()
}

#[test]
fn a_run_that_is_killed_ends_as_one_that_is_not() {
    let engine = served("--sabotage mul:sign");
    let run: &[&str] = &["fuzz", "--cases", "400", "--seed", "3", "--engine", &engine];
    let whole = Place::new();
    let expected = whole.run(&[run, &["--json", "-"]].concat()).ends(1).json();
    assert!(!expected["findings"].as_array().unwrap().is_empty());

    let place = Place::new();
    let args = [run, &["--resume", "run.state", "--json", "-"]].concat();
    let mut cases = 0;
    for _ in 0..3 {
        let mut child = place
            .command(&args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // killed as soon as more is kept than before; it may have come to its end meanwhile
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(60) {
            let is_new = || standing(&place, "run.state")["summary"]["cases"] != json!(cases);
            if place.path("run.state").exists() && is_new() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = standing(&place, "run.state");
        cases = kept["summary"]["cases"].as_u64().unwrap();
        assert!(cases > 0);
    }
    let resumed = place.run(&args).ends(1).json();
    assert_eq!(timeless(resumed.clone()), timeless(expected));
    for finding in resumed["findings"].as_array().unwrap() {
        let file = finding["file"].as_str().unwrap();
        assert!(place.path(file).exists(), "{file}");
    }
    // once more changes nothing, and more cases can be added
    assert_eq!(timeless(place.run(&args).ends(1).json()), timeless(resumed));
    let longer: Vec<&str> = args
        .iter()
        .map(|&word| if word == "400" { "450" } else { word })
        .collect();
    assert_eq!(place.run(&longer).ends(1).json()["cases"], 450);
    place.run(&args).ends(2).says("run.state").says("450");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_goes_on() {
    let place = Place::new();
    let run = ["fuzz", "--cases", "3000", "--engine", "tape"];
    let expected = place.run(&[&run[..], &["--json", "-"]].concat()).ends(0);
    let args = [&run[..], &["--resume", "run.state", "--json", "-"]].concat();
    let child = place
        .command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !place.path("run.state").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(500));
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -s INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    Run::of(child.wait_with_output().unwrap()).ends(0);
    let resumed = place.run(&args).ends(0).json();
    assert_eq!(timeless(resumed), timeless(expected.json()));
}

#[test]
fn seconds_add_up() {
    let place = Place::new();
    let run = |seconds| {
        let args = ["fuzz", "--engine", "tape", "--resume", "s", "--json", "-"];
        let args = [&args[..], &["--seconds", seconds]].concat();
        place.run(&args).ends(0).json()
    };
    let first = run("1")["cases"].as_u64().unwrap();
    assert!(first > 0);
    assert_eq!(run("1")["cases"], first);
    assert!(run("2.5")["cases"].as_u64().unwrap() > first);
}

#[test]
fn a_file_that_is_not_of_this_run_is_left_alone() {
    let place = Place::new();
    let with = |more: &[&str]| {
        let args = ["fuzz", "--cases", "20", "--engine", "tape", "--resume"];
        place.run(&[&args[..], more].concat())
    };
    with(&["s"]).ends(0);
    let whole = place.read("s");
    for (more, expected) in [
        (["--seed", "2"], "its seed is 1, here it is 2"),
        (["--order", "2"], "its order is 1, here it is 2"),
        (["--ops", "sin"], "its ops is [], here it is [\"sin\"]"),
        (["--shard", "0/2"], "its shard is \"0/1\""),
        (["--engine", "dual"], "its engines is [\"tape\"]"),
    ] {
        with(&[&["s"], &more[..]].concat()).ends(2).says(expected);
        assert_eq!(place.read("s"), whole);
    }
    let damaged = [
        whole.replacen("20", "21", 1),
        whole.replace("secant run 1", "secant run 2"),
        whole[..whole.len() / 2].to_string(),
        String::new(),
        NET.to_string(),
        place.run(&["fuzz", "--cases", "5", "--json", "-"]).out,
    ];
    for text in damaged {
        place.write("s", &text);
        with(&["s"])
            .ends(2)
            .says("s: is ")
            .says("it was left as it is");
        assert_eq!(place.read("s"), text);
    }
    with(&["."]).ends(2).says("is no file");
    with(&["none/s"]).ends(2).says("none/s: ");
    with(&["-"]).ends(2).says("--resume needs a file");
}

#[test]
fn two_processes_do_not_go_on_with_one_run() {
    let place = Place::new();
    let args = ["fuzz", "--seconds", "60", "--resume", "s", "--ops", "add"];
    let mut first = place
        .command(&args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !place.path("s").exists() {
        assert!(first.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    place.run(&args).ends(2).says("another process");
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn parts_that_are_launched_write_files_of_their_own() {
    let place = Place::new();
    let engine = served("--sabotage mul:sign");
    let run = ["fuzz", "--cases", "90", "--seed", "3", "--engine", &engine];
    let whole = place.run(&[&run[..], &["--json", "-"]].concat()).ends(1);
    for rank in ["0", "1"] {
        let more = ["--json", "out.json", "--junit", "j.%.xml", "--resume", "s"];
        let mut command = place.command(&[&run[..], &more].concat());
        command.envs([("PMI_RANK", rank), ("PMI_SIZE", "2")]);
        // a launcher would end the others
        Run::of(command.output().unwrap())
            .ends(0)
            .says(&format!("shard {rank}/2 (PMI_RANK={rank}, PMI_SIZE=2)"));
    }
    let names = files(place.0.path());
    let expected = "findings j.0.xml j.1.xml net.graph out.0.json out.1.json regressions s.0 s.1";
    assert_eq!(names.join(" "), expected);
    let merged = place.run(&["merge", "out.0.json", "out.1.json", "-o", "-"]);
    assert_eq!(timeless(merged.ends(1).json()), timeless(whole.json()));
    let merged = place.run(&["merge", "out.0.json", "out.1.json", "--junit", "-"]);
    let (found, failure) = suites(&merged.ends(1).out);
    assert!(found[0].starts_with("sabotaged "), "{found:?}");
    assert!(failure.starts_with("wrong-"), "{failure}");

    let mut pod = place.command(&run);
    pod.env("JOB_COMPLETION_INDEX", "1");
    Run::of(pod.output().unwrap())
        .ends(2)
        .says("JOB_COMPLETIONS");
}

#[test]
fn parts_of_different_runs_are_not_merged() {
    let place = Place::new();
    let part = |name: &str, more: &[&str]| {
        let args = ["fuzz", "--cases", "10", "--json", name];
        place.run(&[&args[..], more].concat()).ends(0);
    };
    part("a", &["--shard", "0/2", "--engine", "tape"]);
    part("b", &["--shard", "1/2", "--engine", "tape", "--seed", "2"]);
    part("c", &["--shard", "1/2", "--engine", "dual"]);
    part("d", &["--shard", "1/3", "--engine", "tape"]);
    let old = place.read("a").replace("\"secant\":\"", "\"secant\":\"0.");
    place.write("e", old.replace("[0,2]", "[1,2]"));
    for (other, expected) in [
        ("b", "b: has the seed 2, but a has 1"),
        ("c", "c: is about the engines dual, but a about tape"),
        ("d", "d: is one of 3 shards, but a one of 2"),
        ("e", "e: is of secant 0."),
    ] {
        place.run(&["merge", "a", other]).ends(2).says(expected);
    }
}

/// The suites of a report: name, tests, failures, errors, skipped; and what is said of the first failure.
fn suites(xml: &str) -> (Vec<String>, String) {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|e| panic!("{e}\n{xml}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let suites: Vec<String> = root
        .children()
        .filter(roxmltree::Node::is_element)
        .map(|suite| {
            let of = |key: &str| suite.attribute(key).unwrap();
            let cases = suite
                .children()
                .filter(|node| node.has_tag_name("testcase"));
            assert_eq!(cases.count().to_string(), of("tests"));
            ["name", "tests", "failures", "errors", "skipped"]
                .map(of)
                .join(" ")
        })
        .collect();
    let failure = root
        .descendants()
        .find(|node| node.has_tag_name("failure"))
        .map(|node| {
            format!(
                "{}: {}",
                node.attribute("type").unwrap(),
                node.text().unwrap()
            )
        });
    (suites, failure.unwrap_or_default())
}

#[cfg(unix)]
#[test]
fn reports_for_ci_systems() {
    let place = Place::new();
    // what an engine says may hold anything
    let answer = r#"{"id":ID,"ok":false,"error":"failed","message":"<b> & \u001b[31m \u0000 ]]> \"q\" \ud83d\ude00"}"#;
    let engine = broken_engines::fake(
        r#"n=0; while read -r q; do n=$((n+1)); sed "s/ID/$n/" answer; echo; done"#,
    );
    place.write("answer", answer);
    let reports = ["--junit", "r.xml", "--sarif", "r.sarif"];
    let said = "<b> & \\u{1b}[31m \\u{0} ]]> \"q\" \u{1f600}";
    for (command, name) in [
        (&["fuzz", "--cases", "1"][..], "wrong"),
        (&["check", "net.graph"], "net.graph"),
        (&["replay", "net.graph", "nothing.graph"], "net.graph"),
    ] {
        let run = place.run(&[command, &["--engine", &engine], &reports].concat());
        assert!(run.status > 0, "{}", run.err);
        let (found, failure) = suites(&place.read("r.xml"));
        assert!(found[0].starts_with("fake "), "{found:?}");
        assert!(failure.starts_with("crash: "), "{failure}");
        assert!(failure.contains(said), "{failure}");
        let sarif: Value = serde_json::from_str(&place.read("r.sarif")).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "crash");
        let message = result["message"]["text"].as_str().unwrap();
        assert!(message.contains("\u{1b}[31m \0 ]]>"), "{message}");
        let place_of = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let uri = place_of.as_str().unwrap();
        assert!(place.path(uri).exists(), "{uri}");
        assert_eq!(uri == "net.graph", name == "net.graph");
    }
    // ours are right; a kink is not known, and a file that is none is an error
    place.write(
        "kink.graph",
        "secant 1\nparam x [] = 0.0\ny = abs(x)\nreturn y\n",
    );
    place.write("bad.graph", "secant 1\n");
    let files = ["net.graph", "kink.graph", "bad.graph"];
    let all = [&["check"][..], &files, &["--junit", "-"]].concat();
    let run = place.run(&all).ends(2);
    assert_eq!(suites(&run.out).0, ["tape 3 0 1 1"]);
    let all = [&["replay", "--engine", "dual"][..], &files, &reports].concat();
    place.run(&all).ends(2);
    assert_eq!(suites(&place.read("r.xml")).0, ["dual 3 0 1 1"]);
    let sarif: Value = serde_json::from_str(&place.read("r.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], json!([]));
    let run = place.run(&["fuzz", "--cases", "5", "--engine", "tape", "--junit", "-"]);
    assert_eq!(suites(&run.ends(0).out).0, ["tape 1 0 0 0"]);
}
