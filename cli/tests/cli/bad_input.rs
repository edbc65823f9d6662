use super::*;

/// What is wrong with a file, and what must be said of it.
const TEXTS: &[(&str, &str)] = &[
    ("", "line 1"),
    ("secant 2\n", "line 1"),
    ("secant 1\nparam x [2] = [1.0", "line 2"),
    ("secant 1\nparam x [2] = [1.0, 2.0]\n", "line"),
    ("secant 1\nparam x [2] = [1.0]\nreturn x\n", "line 2"),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\ny = tnah(x)\nreturn y\n",
        "did you mean `tanh`",
    ),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\ny = sum(x, axis=0)\nreturn y\n",
        "axis",
    ),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\nx = sin(x)\nreturn x\n",
        "line 3",
    ),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\ny = sin(z)\nreturn y\n",
        "z",
    ),
    (
        "secant 1\nparam a [2, 3] = [1,2,3,4,5,6]\nparam b [2] = [1, 2]\ny = matmul(a, b)\nreturn y\n",
        "matmul",
    ),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\nindex i [1] = [nan]\ny = take(x, i, axis=0)\nreturn y\n",
        "line 3",
    ),
    (
        "secant 1\nparam x [2] = [1.0, 2.0]\nindex i [1] = [2]\ny = take(x, i, axis=0)\nreturn y\n",
        "take",
    ),
    (
        "secant 1\nparam x [1000000, 1000000] = [1.0]\nreturn x\n",
        "line 2",
    ),
    (
        "secant 1\nparam x [18446744073709551615, 18446744073709551615] = []\nreturn x\n",
        "line 2",
    ),
    (
        "secant 1\nparam x [] = 1.0\ny = broadcast_to(x, shape=[1000000, 1000000])\nreturn y\n",
        "line 3",
    ),
];

const JSONS: &[(&str, &str)] = &[
    ("", "line 1"),
    ("{\"secant\":1,\"params\":[", "line 1"),
    ("[]", "line 1"),
    (r#"{"secant":1,"outputs":[]}"#, "outputs"),
    (
        r#"{"secant":1,"params":[{"name":"x","shape":[2],"data":[1]}],"nodes":[],"outputs":["x"]}"#,
        "[2]",
    ),
    (
        r#"{"secant":1,"params":[{"name":"x","shape":[],"data":[NaN]}],"nodes":[],"outputs":["x"]}"#,
        "column",
    ),
    (
        r#"{"secant":1,"params":[{"name":"x","shape":[1000000000000],"data":[]}],"nodes":[],"outputs":["x"]}"#,
        "1000000000000",
    ),
    (
        r#"{"secant":1,"consts":[{"name":"i","shape":[1],"data":["nan"],"kind":"index"}],"nodes":[],"outputs":["i"]}"#,
        "line 1",
    ),
];

#[test]
fn files_that_break_a_rule_get_one_clear_error() {
    let place = Place::new();
    for (end, table) in [("graph", TEXTS), ("json", JSONS)] {
        let name = format!("bad.{end}");
        for (source, expected) in table {
            place.write(&name, source);
            for args in [&["check", &name][..], &["replay", &name]] {
                let run = place.run(args).ends(2).says(&name).says(expected);
                assert_eq!(run.err.matches("error:").count(), 1, "{}", run.err);
                assert!(!run.err.contains("panicked"), "{}", run.err);
            }
        }
    }
}

#[test]
fn every_truncation_and_many_mutations_end_cleanly() {
    let place = Place::new();
    let json = place.run(&["show", "net.graph", "--to", "json"]).out;
    let mut state = 7u32;
    let mut below = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for (end, source) in [("graph", NET), ("json", json.as_str())] {
        let name = format!("cut.{end}");
        for turn in 0..60 {
            let mut bytes = source.as_bytes().to_vec();
            let at = below(bytes.len());
            match turn % 3 {
                0 => bytes.truncate(at),
                1 => bytes[at] = below(256) as u8,
                _ => drop(bytes.remove(at)),
            }
            place.write(&name, &bytes);
            let run = place.run(&["show", &name]);
            assert!(run.status == 0 || run.status == 2, "{}", run.err);
            assert!(!run.err.contains("panicked"), "{}", run.err);
            assert_eq!(
                run.status == 2,
                run.err.contains("error: cut."),
                "{}",
                run.err
            );
        }
    }
}

#[test]
fn files_that_are_no_cases() {
    let place = Place::new();
    std::fs::create_dir(place.path("directory.graph")).unwrap();
    place.write("notes.txt", NET);
    place.write("latin.graph", b"secant 1\n# caf\xe9\n");
    let table = [
        ("directory.graph", "is a directory"),
        ("missing.graph", "missing.graph"),
        ("notes.txt", ".graph or .json"),
        ("latin.graph", "line 2, column 6: found the byte 0xe9"),
    ];
    for (name, expected) in table {
        place
            .run(&["check", name])
            .ends(2)
            .says(name)
            .says(expected);
        place.run(&["show", name]).ends(2).says(expected);
    }
    place
        .run_with(&["check", "-"], "nonsense")
        .ends(2)
        .says("line 1");
}

#[test]
fn the_other_files_are_still_checked() {
    let place = Place::new();
    place.write("bad.graph", "secant 1\n");
    let args = [
        "check",
        "bad.graph",
        "net.graph",
        "none.graph",
        "--json",
        "out.json",
    ];
    let run = place
        .run(&args)
        .ends(2)
        .says("bad.graph")
        .says("none.graph");
    assert!(run.out.contains("net.graph (tape): agree"));
    assert_eq!(place.read("out.json").lines().count(), 1);
}
