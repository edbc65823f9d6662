use super::*;
use serde_json::json;

/// A summary without what depends on the clock.
fn timeless(mut summary: Value) -> Value {
    for key in ["seconds", "cases_per_second", "shard"] {
        summary.as_object_mut().unwrap().remove(key).unwrap();
    }
    summary
}

#[test]
fn our_engines_agree_and_leave_nothing_behind() {
    let place = Place::new();
    let run = place
        .run(&["fuzz", "--cases", "200", "--json", "-"])
        .ends(0);
    let found = run.json();
    assert_eq!((&found["cases"], &found["seed"]), (&json!(200), &json!(1)));
    assert_eq!(
        (&found["shard"], &found["findings"]),
        (&json!([0, 1]), &json!([]))
    );
    assert!(found["cases_per_second"].as_f64().unwrap() > 0.0);
    assert!(found["coverage"]["ops"].as_object().unwrap().len() > 10);
    assert!(found["coverage"]["ranks"].is_object() && found["coverage"]["pairs"].is_u64());
    let engines = found["engines"].as_array().unwrap();
    let names: Vec<&str> = engines
        .iter()
        .map(|engine| engine["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["tape", "graph", "scalar", "dual"]);
    for engine in engines {
        let of = |key: &str| engine[key].as_u64().unwrap();
        assert_eq!(of("disagree") + of("failed") + of("unsupported"), 0);
        assert_eq!(of("agree") + of("undecided"), 200);
    }
    assert_eq!(files(place.0.path()), ["net.graph"]);
}

#[test]
fn the_table_for_people() {
    let place = Place::new();
    let run = place
        .run(&["fuzz", "--cases", "20", "--engine", "tape"])
        .ends(0);
    let head: Vec<&str> = run.out.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        head,
        [
            "engine",
            "agree",
            "disagree",
            "undecided",
            "unsupported",
            "failed",
            "cases/s"
        ]
    );
    assert!(run.out.contains("20 cases"));
    assert_eq!(run.err, "", "no progress bar where there is no terminal");
    let run = place
        .run(&["fuzz", "--cases", "20", "--engine", "tape", "--quiet"])
        .ends(0);
    assert_eq!(run.out, "");
}

#[test]
fn a_run_depends_on_neither_jobs_nor_shards() {
    let place = Place::new();
    let engine = served("--sabotage mul:sign");
    let with = |more: &[&str]| {
        let args = [
            "fuzz", "--cases", "90", "--seed", "3", "--engine", &engine, "--json", "-",
        ];
        place.run(&[&args[..], more].concat()).ends(1).json()
    };
    let whole = timeless(with(&["--jobs", "1"]));
    assert_eq!(timeless(with(&["--jobs", "4"])), whole);
    let mut parts = Vec::new();
    for k in 0..3 {
        let shard = format!("{k}/3");
        let part = with(&["--shard", &shard]);
        assert_eq!(
            (&part["cases"], &part["shard"]),
            (&json!(30), &json!([k, 3]))
        );
        parts.push(format!("part{k}.json"));
        place.write(&parts[k], part.to_string());
    }
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    let merge = |names: &[&str]| place.run(&[&["merge"], names, &["-o", "-"]].concat());
    assert_eq!(timeless(merge(&names).ends(1).json()), whole);
    assert_eq!(
        timeless(
            merge(&["part2.json", "part0.json", "part1.json"])
                .ends(1)
                .json()
        ),
        whole
    );
    // and a table for people
    let run = place.run(&[&["merge"], &names[..]].concat()).ends(1);
    assert!(
        run.out.contains("sabotaged") && run.out.contains("90 cases"),
        "{}",
        run.out
    );

    merge(&names[..2]).ends(1).says("shards missing: 2/3");
    merge(&["part0.json", "part0.json"])
        .ends(2)
        .says("is shard 0/3, as part0.json is");
    place.write("bad.json", "{\"secant\":\"0.1.0\"");
    merge(&["part0.json", "bad.json", "none.json"])
        .ends(2)
        .says("bad.json: ")
        .says("none.json: ");
    merge(&["part0.json", "net.graph"])
        .ends(2)
        .says("net.graph: expected what");
}

#[test]
fn launchers_give_shards() {
    let place = Place::new();
    let launched = |variables: &[(&str, &str)], more: &[&str]| {
        let args = ["fuzz", "--cases", "10", "--engine", "tape", "--json", "-"];
        let mut command = place.command(&[&args[..], more].concat());
        command.envs(variables.iter().copied());
        Run::of(command.output().unwrap())
    };
    let pairs = [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("PMI_RANK", "PMI_SIZE"),
        ("SLURM_PROCID", "SLURM_NTASKS"),
        ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"),
    ];
    for (rank, size) in pairs {
        let found = launched(&[(rank, "2"), (size, "4")], &[]).ends(0).json();
        assert_eq!(
            (&found["shard"], &found["cases"]),
            (&json!([2, 4]), &json!(2))
        );
        let found = launched(&[(rank, "2"), (size, "4")], &["--shard", "0/1"])
            .ends(0)
            .json();
        assert_eq!(found["cases"], 10);
        launched(&[(rank, "4"), (size, "4")], &[])
            .ends(2)
            .says(rank);
    }
}

#[test]
fn our_own_engine_through_the_pipe() {
    let place = Place::new();
    let args = [
        "fuzz", "--cases", "100", "--order", "2", "--json", "-", "--engine",
    ];
    let found = place
        .run(&[&args[..], &[&served("")]].concat())
        .ends(0)
        .json();
    assert_eq!(found["engines"][0]["disagree"], 0);
    assert!(
        found["engines"][0]["agree"].as_u64().unwrap() > 80,
        "{found}"
    );
}

#[test]
fn findings_are_saved_replayed_and_minimised() {
    let place = Place::new();
    let engine = served("--sabotage tanh:sign");
    let args = [
        "fuzz", "--ops", "tanh,mul", "--cases", "50", "--engine", &engine, "--json", "-",
    ];
    let found = place.run(&args).ends(1).json();
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["class"], &finding["ops"]),
        (&json!("wrong-gradient"), &json!(["tanh"]))
    );
    assert_eq!(finding["nodes"], 1);
    let file = finding["file"].as_str().unwrap();
    assert!(file.starts_with("regressions"), "{file}");

    let run = place.run(&["replay"]).ends(0);
    assert!(
        run.out.contains(file) && run.out.contains("scalar"),
        "{}",
        run.out
    );
    let run = place
        .run(&["replay", "--engine", "tape", "--engine", &engine, file])
        .ends(1);
    assert!(
        run.out.contains("agree") && run.out.contains("wrong-gradient"),
        "{}",
        run.out
    );

    let large = "secant 1\nparam x [2] = [0.5, 0.25]\na = mul(x, x)\nb = tanh(a)\nc = mul(b, x)\nreturn c\n";
    place.write("large.graph", large);
    let small = [
        "minimise",
        "large.graph",
        "--engine",
        &engine,
        "-o",
        "small.graph",
    ];
    place.run(&small).ends(1).says("3 operations before, 1 now");
    assert!(place.read("small.graph").contains("tanh"));
    place
        .run(&["check", "small.graph", "--engine", &engine])
        .ends(1);
    let run = place
        .run(&["minimise", "large.graph", "--engine", "tape"])
        .ends(0);
    assert_eq!(run.out, "");
}

#[test]
fn what_is_drawn_can_be_chosen() {
    let place = Place::new();
    let args = ["fuzz", "--engine", "tape", "--json", "-"];
    let run = |more: &[&str]| place.run(&[&args[..], more].concat());
    let found = run(&["--cases", "50", "--ops", "sin, mul"]).ends(0).json();
    let ops = found["coverage"]["ops"].as_object().unwrap();
    assert!(ops.keys().all(|op| op == "sin" || op == "mul"), "{ops:?}");
    let small = [
        "--cases",
        "50",
        "--dtype",
        "f32",
        "--max-nodes",
        "3",
        "--order",
        "2",
    ];
    run(&small).ends(0);
    run(&["--ops", "sin,erfinv2"]).ends(2).says("erfinv2");
    for wrong in [
        ["--dtype", "f16"],
        ["--order", "3"],
        ["--shard", "2/2"],
        ["--shard", "half"],
        ["--max-nodes", "0"],
        ["--seconds", "0"],
        ["--seconds", "nan"],
    ] {
        run(&wrong).ends(2).says(wrong[1]);
    }
    run(&["--cases", "many"]).ends(2).says("many");
    run(&["--cases", "5", "--seconds", "5"])
        .ends(2)
        .says("cannot be used with");
}

#[test]
fn a_time_limit() {
    let place = Place::new();
    let start = std::time::Instant::now();
    let args = [
        "fuzz",
        "--seconds",
        "0.5",
        "--engine",
        "tape",
        "--json",
        "-",
    ];
    let found = place.run(&args).ends(0).json();
    assert!(found["cases"].as_u64().unwrap() > 0);
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn a_file_in_place_of_a_directory_is_found_before_the_run() {
    let place = Place::new();
    place.write("file", "kept");
    let args = ["fuzz", "--seconds", "1000", "--engine", "tape"];
    let run = |more: &[&str]| place.run(&[&args[..], more].concat());
    run(&["--save", "file"]).ends(2).says("file");
    run(&["--save", "file/below"]).ends(2).says("--save");
    run(&["--json", "file/out.json"]).ends(2).says("out.json");
    run(&["--report", "."]).ends(2).says("cannot be written");
    assert_eq!(place.read("file"), "kept");
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_was_found_so_far() {
    let place = Place::new();
    let mut command = place.command(&["fuzz", "--seconds", "600", "--ops", "add,neg"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let kill = Command::new("sh")
        .args(["-c", &format!("kill -s INT {}", child.id())])
        .status();
    assert!(kill.unwrap().success());
    let run = Run::of(child.wait_with_output().unwrap())
        .ends(0)
        .says("interrupted");
    assert!(
        run.out.contains("tape") && run.out.contains("cases in"),
        "{}",
        run.out
    );
}

#[test]
fn a_directory_for_each_finding() {
    let place = Place::new();
    let engine = served("--sabotage tanh:sign");
    let args = [
        "fuzz",
        "--ops",
        "tanh,mul",
        "--cases",
        "60",
        "--engine",
        &engine,
        "--findings",
        "found",
    ];
    let run = place.run(&args).ends(1);
    let found = files(&place.path("found"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("sabotaged-tanh-"), "{found:?}");
    let report = format!("found/{}", found[0]);
    assert!(
        run.out.contains(&format!("report in {report}")),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("wrong-gradient in tanh: any shape, any attributes"),
        "{}",
        run.out
    );
    assert_eq!(files(&place.path(&report)), ["case.graph", "report.md"]);
    let again = format!("{report}/case.graph");
    place.run(&["replay", &again, "--engine", &engine]).ends(1);
    let text = place.read(&format!("{report}/report.md"));
    assert!(
        text.contains("no exporter writes programs for sabotaged"),
        "{text}"
    );
    place.write("file", "kept");
    place
        .run(&[
            "fuzz",
            "--cases",
            "1",
            "--engine",
            "tape",
            "--findings",
            "file",
        ])
        .ends(2)
        .says("--findings");
}

#[test]
fn what_is_wrong_in_an_engine_of_somebody_else_is_written_without_being_asked_for() {
    let place = Place::new();
    let engine = served("--sabotage tanh:sign");
    let run = |more: &[&str]| {
        let args = ["fuzz", "--ops", "tanh,mul", "--cases", "60", "--engine"];
        place.run(&[&args[..], more].concat())
    };
    run(&["tape"]).ends(0);
    run(&[&engine, "--save", "cases"]).ends(1);
    assert!(!place.path("findings").exists());
    run(&[&engine]).ends(1);
    let found = files(&place.path("findings"));
    assert_eq!(found.len(), 1, "{found:?}");
    // where there is nothing to write, no directory is left
    let place = Place::new();
    let right = served("");
    let args = ["fuzz", "--cases", "5", "--quiet", "--engine", &right];
    place.run(&args).ends(0);
    assert_eq!(files(place.0.path()), ["net.graph"]);
}

#[test]
fn an_engine_of_which_nothing_is_known_is_told() {
    let place = Place::new();
    let hello = r#"{"id":0,"ok":true,"engine":"idle","version":"1","dtypes":["f64"],"modes":["gradient"],"ops":[]}"#;
    let script = format!("read -r q; echo '{hello}'; read -r q");
    let idle = format!("sh -c '{}'", script.replace('\'', "'\\''"));
    let args = [
        "fuzz", "--ops", "tanh", "--cases", "5", "--junit", "out.xml",
    ];
    let args = [&args[..], &["--quiet", "--engine", &idle]].concat();
    let words = "nothing is known of idle: 5 cases are unsupported, 0 failed";
    place.run(&args).ends(0).says(words);
    assert!(!place.read("out.xml").contains("cases that agree"));
}
