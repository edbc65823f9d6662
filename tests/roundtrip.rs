//! Cases through files: nothing is lost, and nothing that a file may hold makes a reader panic.

#![cfg(feature = "serde")]

use secant::graph::{Case, Fault, Ops};
use secant::op::{Builder, CustomOp, Id, Kind, Shares, Site};
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

const EXAM: [(&str, &str); 4] = [
    ("tensor", include_str!("data/exam/tensor.jsonl")),
    ("unary", include_str!("data/exam/unary.jsonl")),
    ("programs", include_str!("data/exam/programs.jsonl")),
    ("checker", include_str!("data/exam/checker.jsonl")),
];

const SAMPLE: &str = r#"secant 1
# every kind of number, and every kind of statement
dtype f64
param w [2, 3] = [0.5, -1.25, 3.0, 0.1, -0.0, 5e-324]
const x [3] = [nan, inf, -inf]
param bare [] = -2.2250738585072014e-308
const none_of_it [0, 3] = []
index rows [2, 1] = [1, -1]
h = matmul(w, x)
p = powc(bare, exponent=-0.0)
q = powc(bare, exponent=nan)
r = clamp(h, lo=-inf, hi=0.1)
param = sum(r, axes=[0], keepdims=true)
return = transpose(w, perm=[-1, 0])
e = sum(none_of_it)
return e, p, q, param, w, e, return, rows
cotangent p = -0.0
cotangent w = [1.0, 2.0, 3.0, 4.0, 5.0, nan]
"#;

/// Through every format and back: equal to the bit, and the same text at the end.
#[track_caller]
fn check(case: &Case) {
    let text = case.to_text();
    let from_text = Case::from_text(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(from_text, *case, "{text}");
    assert_eq!(from_text.to_text(), text);
    let json = from_text.to_json();
    assert!(!json.contains('\n'));
    let from_json = Case::from_json(&json).unwrap_or_else(|e| panic!("{e}\n{json}"));
    assert_eq!(from_json.to_json(), json);
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(Case::from_json_value(&value).unwrap(), from_json);
    assert_eq!(case.to_json_value(), value);
    assert_eq!(
        Case::parse(&json).unwrap(),
        Case::parse(&from_json.to_text()).unwrap()
    );
}

/// As [`check`], and JSON keeps the order of the program: parameters first, then constants.
#[track_caller]
fn check_sorted(case: &Case) {
    check(case);
    let from_json = Case::from_json(&case.to_json()).unwrap();
    assert_eq!(from_json, *case);
    assert_eq!(from_json.to_text(), case.to_text());
}

/// The bits of a list of numbers in JSON.
fn bits(data: &Value) -> Vec<u64> {
    let number = |x: &Value| match x.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        _ => x.as_f64().unwrap(),
    };
    data.as_array()
        .unwrap()
        .iter()
        .map(|x| number(x).to_bits())
        .collect()
}

#[test]
fn exam_cases_round_trip() {
    let (mut read, mut skipped, mut lines) = (0, 0, 0);
    for (suite, source) in EXAM {
        for line in source.lines() {
            lines += 1;
            let line: std::collections::HashMap<&str, &RawValue> =
                serde_json::from_str(line).unwrap();
            let (id, source) = (line["id"].get(), line["case"].get());
            let file: Value = serde_json::from_str(source).unwrap();
            let nodes = file["nodes"].as_array().unwrap();
            let ops = nodes.iter().map(|node| node["op"].as_str().unwrap());
            let unknown = ops.into_iter().find(|op| Kind::from_name(op).is_none());
            match (Case::from_json(source), unknown) {
                (Ok(case), None) => {
                    read += 1;
                    for param in file["params"].as_array().unwrap() {
                        let value = &case.params[param["name"].as_str().unwrap()];
                        let found: Vec<u64> = value.iter().map(f64::to_bits).collect();
                        assert_eq!(found, bits(&param["data"]), "{suite} {id}");
                    }
                    check_sorted(&case);
                }
                (Err(e), Some(op)) => {
                    skipped += 1;
                    assert_eq!(
                        e.fault,
                        Fault::UnknownOp(op.to_string()),
                        "{suite} {id}: {e}"
                    );
                }
                (Ok(_), Some(op)) => panic!("{suite} {id}: {op} is unknown, but was read"),
                (Err(e), None) => panic!("{suite} {id}: {e}"),
            }
        }
    }
    assert_eq!(read + skipped, lines);
    assert_eq!(lines, 587);
    assert!(read >= 200, "{read} of {lines} cases were read");
}

#[test]
fn every_kind_of_number_round_trips() {
    let case = Case::from_text(SAMPLE).unwrap();
    check(&case);
    let again = Case::from_json(&case.to_json()).unwrap();
    check_sorted(&again);
    // nothing but the order of the inputs has changed
    assert_eq!(again.params, case.params);
    let sorted = |case: &Case| {
        let text = case.to_text();
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&again), sorted(&case));
    assert_eq!(case.graph.outputs().len(), 8);
    assert_eq!(case.cotangents[5].item(), 1.0);
    assert_eq!(
        case.cotangents[7].to_vec(),
        [1.118_033_988_749_894_9, -0.736_067_977_499_789_8]
    );
}

#[test]
fn f32_numbers_are_short() {
    let text = "secant 1\ndtype f32\nparam x [3] = [0.1, 1e-45, 7.038531e-26]\ny = powc(x, exponent=0.3)\nreturn y\n";
    let case = Case::from_text(text).unwrap();
    assert_eq!(case.params["x"].to_vec()[0], f64::from(0.1f32));
    let written = case.to_text();
    assert!(written.contains("[0.1, 1e-45, 7.0385"), "{written}");
    assert!(written.contains("exponent=0.3)"), "{written}");
    check_sorted(&case);
    // 7.038531e-26 rounds twice on its way through binary64: whatever it became is written so that it stays
    for pattern in (0..0x7f80_0000u32).step_by(0x1_2345) {
        let x = f32::from_bits(pattern);
        let text = format!(
            "secant 1\ndtype f32\nparam x [] = {:?}\nreturn x\n",
            f64::from(x)
        );
        let case = Case::from_text(&text).unwrap();
        assert_eq!(case.params["x"].item(), f64::from(x));
        assert_eq!(Case::from_text(&case.to_text()).unwrap(), case);
    }
}

struct Double;

impl CustomOp for Double {
    fn name(&self) -> &str {
        "double"
    }
    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
        b.add(args[0], args[0])
    }
    fn vjp(&self, b: &dyn Builder, _: Site<'_>, ct: Id) -> Shares {
        Shares::from_elem((0, b.add(ct, ct)), 1)
    }
}

#[test]
fn custom_operations_are_read_by_name() {
    let ops = Ops::new().with(Arc::new(Double)).unwrap();
    let text = "secant 1\nparam x [1] = [2.0]\ny = double(x)\nreturn y\n";
    assert!(
        matches!(Case::from_text(text).unwrap_err().fault, Fault::UnknownOp(op) if op == "double")
    );
    let case = Case::from_text_with(&ops, text).unwrap();
    assert_eq!(Case::from_text_with(&ops, &case.to_text()).unwrap(), case);
    assert_eq!(Case::from_json_with(&ops, &case.to_json()).unwrap(), case);
    let error = Case::from_text_with(&ops, &text.replace("(x)", "(x, k=1)")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column 15: found the unknown attribute `k` of double, expected none, for it has no attributes"
    );
    assert!(
        Ops::new()
            .with(Arc::new(Double))
            .unwrap()
            .with(Arc::new(Double))
            .is_err()
    );
}

#[test]
fn what_is_wrong_with_a_text() {
    let table: &[(&str, &str)] = &[
        (
            "",
            "line 1, column 1: found the end of the file, expected `secant 1` as the first line",
        ),
        (
            "\nsecant 1\n",
            "line 1, column 1: found the end of the line, expected `secant 1` as the first line",
        ),
        (
            "secant 2\n",
            "line 1, column 8: found version 2, expected version 1: a newer secant reads more",
        ),
        (
            "secant 1 2\n",
            "line 1, column 10: found `2`, expected the end of the line",
        ),
        (
            "secant 1\ndtype f16\n",
            "line 2, column 7: found `f16`, expected f32 or f64",
        ),
        (
            "secant 1\nparam x [] = 1\ndtype f32",
            "line 3, column 1: found `dtype`, expected it once, and before the first definition",
        ),
        (
            "secant 1\nparam x [2] = [1, 2",
            "line 2, column 20: found the end of the file, expected `,` or `]`",
        ),
        (
            "secant 1\nparam x [2] = [1]",
            "line 2, column 17: found 1 number, expected 2 numbers, for the shape [2]",
        ),
        (
            "secant 1\nparam x [2] = []",
            "line 2, column 16: found no numbers, expected 2 numbers, for the shape [2]",
        ),
        (
            "secant 1\nparam x [2] = [1, 2, 3]",
            "line 2, column 22: found more than 2 numbers, expected 2 numbers, for the shape [2]",
        ),
        (
            "secant 1\nparam x [2] = 1",
            "line 2, column 15: found `1`, expected the list of the data, in row-major order",
        ),
        (
            "secant 1\nparam x [] = [[1]]",
            "line 2, column 15: found `[`, expected a number",
        ),
        (
            "secant 1\nparam x [] = abc",
            "line 2, column 14: found `abc`, expected a number",
        ),
        (
            "secant 1\nparam x [-1] = [1]",
            "line 2, column 10: found `-1`, expected a size: an integer from 0 to 2^53",
        ),
        (
            "secant 1\nparam x [1.5] = [1]",
            "line 2, column 10: found `1.5`, expected a size: an integer from 0 to 2^53",
        ),
        (
            "secant 1\nparam x [1] = [1e999]",
            "line 2, column 16: found `1e999`, expected a number that binary64 can hold, or inf",
        ),
        (
            "secant 1\nparam x [1] = [1.2.3]",
            "line 2, column 16: found `1.2.3`, expected a number",
        ),
        (
            "secant 1\nparam x [1] = [0x10]",
            "line 2, column 16: found `0x10`, expected a number",
        ),
        (
            "secant 1\nparam x [1000000000000] = [1]",
            "line 2, column 29: found 1 number, expected 1000000000000 numbers, for the shape [1000000000000]",
        ),
        (
            "secant 1\nparam x [1000000000000, 1000000000000] = [1]",
            "line 2, column 9: found the shape [1000000000000, 1000000000000], expected a shape that memory can address",
        ),
        (
            "secant 1\nparam x [1] = [1]\ny = broadcast_to(x, shape=[100000, 100000])\nreturn y",
            "line 3, column 5: found the shape [100000, 100000], with which the program has 10000000001 elements, expected at most 134217728",
        ),
        (
            "secant 1\nindex i [2] = [0, nan]",
            "line 2, column 19: found NaN, expected an integer of at most 53 bits",
        ),
        (
            "secant 1\nindex i [] = 0.5",
            "line 2, column 14: found 0.5, expected an integer of at most 53 bits",
        ),
        (
            "secant 1\nparam nan [] = 0",
            "line 2, column 7: found `nan`, expected a name: [A-Za-z_][A-Za-z0-9_.]*, and none of nan inf none true false",
        ),
        (
            "secant 1\nparam x [] = 0\nconst x [] = 1",
            "line 3, column 7: found the name `x`, which is defined already, expected a new name",
        ),
        (
            "secant 1\nparam x [] = 0\nx = sin(x)",
            "line 3, column 1: found the name `x`, which is defined already, expected a new name",
        ),
        (
            "secant 1\nparam x [] = 0\ny = sin(z)",
            "line 3, column 9: found the name `z`, which is not defined, expected a name that is defined above: did you mean `x`?",
        ),
        (
            "secant 1\nparam x [] = 0\ny = tnah(x)",
            "line 3, column 5: found the unknown operation `tnah`, expected an operation: did you mean `tanh`?",
        ),
        (
            "secant 1\nparam x [] = 0\ny = frobnicate(x)",
            "line 3, column 5: found the unknown operation `frobnicate`, expected an operation",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = sum(x, axis=0)",
            "line 3, column 12: found the unknown attribute `axis` of sum, expected one of axes, keepdims: did you mean `axes`?",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = sum(x, axes=[0], axes=[0])",
            "line 3, column 22: found the attribute `axes` a second time, expected each attribute once",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = sum(x, axes=[0.5])",
            "line 3, column 12: found attribute `axes` of sum is [0.5], expected a list of integers or none",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = powc(x)",
            "line 3, column 5: found powc needs the attribute `exponent`: a number, expected legal attributes",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = sum(x, axes=[1])",
            "line 3, column 5: found y = sum(x [1]): axis 1 does not exist in shape [1]: expected one of -1..=0, expected operands that fit sum(x)",
        ),
        (
            "secant 1\nparam x [1] = [0]\ny = sum(axes=[0], x)",
            "line 3, column 19: found the operand `x` after an attribute, expected operands before attributes",
        ),
        (
            "secant 1\nparam x [2] = [0, 1]\nparam w [3] = [0, 1, 2]\ny = add(x, w)",
            "line 4, column 5: found y = add(x [2], w [3]): shapes [2] and [3] do not broadcast: sizes 2 and 3 on axis 0 of 1, expected operands that fit add(x, z)",
        ),
        (
            "secant 1\nparam x [] = 0\ny = add(x)",
            "line 3, column 5: found y = add(x []): add takes 2 operands (x, z), found 1, expected operands that fit add(x, z)",
        ),
        (
            "secant 1\nparam x [] = 0\ny = sin(x) z",
            "line 3, column 12: found `z`, expected the end of the line",
        ),
        (
            "secant 1\nparam x [] = 0\n",
            "line 3, column 1: found the end of the file, expected a line `return NAME, ..`",
        ),
        (
            "secant 1\nparam x [] = 0\nreturn x\nreturn x",
            "line 4, column 1: found a second `return`, expected one",
        ),
        (
            "secant 1\nparam x [] = 0\nreturn",
            "line 3, column 7: found the end of the file, expected the name of an output",
        ),
        (
            "secant 1\nparam x [] = 0\nreturn x,",
            "line 3, column 10: found the end of the file, expected the name of an output",
        ),
        (
            "secant 1\nparam x [] = 0\nreturn y",
            "line 3, column 8: found the name `y`, which is not defined, expected a name that is defined above: did you mean `x`?",
        ),
        (
            "secant 1\nparam x [] = 0\nparam w [] = 0\nreturn x\ncotangent w = 1",
            "line 5, column 11: found a cotangent of `w`, which is not returned, expected a name that is returned",
        ),
        (
            "secant 1\nparam x [] = 0\nreturn x\ncotangent x = 1\ncotangent x = 1",
            "line 5, column 11: found a second cotangent of `x`, expected one for each name, which serves all its places",
        ),
        (
            "secant 1\nparam x [1] = [0]\nreturn x\ncotangent x = [1, 2]",
            "line 4, column 19: found more than 1 number, expected 1 number, for the shape [1]",
        ),
        (
            "secant 1\nparam x [] = 0\ny = sin(x, a=\"b)\n",
            "line 3, column 14: found a string without end, expected a closing \" on the same line",
        ),
        (
            "secant 1\nparam x [] = 0\ny = sin(x, a=\"\\q\")\n",
            "line 3, column 15: found `\\\\q`, expected one of the escapes \\\" \\\\ \\' \\n \\r \\t \\0 \\u{...}",
        ),
        (
            "secant 1\nparam x\u{e9} [] = 0",
            "line 2, column 8: found `\u{e9}`, expected a name, a number, a string or one of [ ] ( ) , =",
        ),
        (
            "secant 1\n= 3",
            "line 2, column 1: found `=`, expected a statement: dtype, param, const, index, NAME = .., return, cotangent",
        ),
    ];
    for (text, expected) in table {
        let error = Case::from_text(text).expect_err(text);
        assert_eq!(error.to_string(), *expected, "{text}");
    }
    let deep = format!(
        "secant 1\nparam x [] = 0\ny = sum(x, axes={})",
        "[".repeat(100_000)
    );
    assert_eq!(
        Case::from_text(&deep).unwrap_err().expected,
        "lists at most 16 deep"
    );
    let ranks = format!("secant 1\nparam x [{}1] = [1]\nreturn x", "1, ".repeat(100));
    assert_eq!(Case::from_text(&ranks).unwrap_err().fault, Fault::TooLarge);
}

#[test]
fn what_is_wrong_with_json() {
    let file = |params: &str, nodes: &str, rest: &str| {
        format!("{{\"secant\": 1,\n \"params\": [{params}],\n \"nodes\": [{nodes}],\n {rest}}}")
    };
    let x = r#"{"name": "x", "shape": [2], "data": [1, 2]}"#;
    let y = r#""outputs": ["x"]"#;
    assert!(Case::from_json(&file(x, "", y)).is_ok());
    let table: &[(String, &str)] = &[
        (
            "{".into(),
            "line 1, column 1: found EOF while parsing an object, expected JSON",
        ),
        (
            "[1]".into(),
            "line 1, column 1: found invalid type: sequence, expected an object",
        ),
        (
            "{}".into(),
            "line 1, column 1: found no key `secant`, expected an object that has it",
        ),
        (
            "{\"secant\": 2}".into(),
            "line 1, column 12: found `2`, expected version 1",
        ),
        (
            file(x, "", ""),
            "line 4, column 2: found key must be a string, expected JSON",
        ),
        (
            file(x, "", "\"x\": 1"),
            "line 4, column 7: found the unknown key `x`, expected one of secant, dtype, params, consts, nodes, outputs, cotangents",
        ),
        (
            file(x, "", "\"nodes\": 1"),
            "line 4, column 11: found the key `nodes` a second time, expected it once",
        ),
        (
            file(x, "", "\"outputs\": []"),
            "line 4, column 13: found `[]`, expected the names of the outputs, one at least",
        ),
        (
            file(x, "", "\"outputs\": [\"z\"]"),
            "line 4, column 14: found the name `z`, which is not defined, expected a name that is defined above: did you mean `x`?",
        ),
        (
            file(r#"{"name": "x", "shape": [2], "data": [1]}"#, "", y),
            "line 2, column 49: found 1 number, expected 2, for the shape [2]",
        ),
        (
            file(r#"{"name": "x", "shape": [2], "data": [1, "a"]}"#, "", y),
            "line 2, column 55: found invalid value: string \"a\", expected a number, \"nan\", \"inf\" or \"-inf\"",
        ),
        (
            file(
                r#"{"name": "x", "shape": [1000000000000], "data": []}"#,
                "",
                y,
            ),
            "line 2, column 61: found 0 numbers, expected 1000000000000, for the shape [1000000000000]",
        ),
        (
            file(r#"{"name": "x", "shape": [-1], "data": []}"#, "", y),
            "line 2, column 38: found invalid value: integer `-1`, expected u64",
        ),
        (
            file(r#"{"name": "1x", "shape": [], "data": [1]}"#, "", y),
            "line 2, column 22: found `1x`, expected a name: [A-Za-z_][A-Za-z0-9_.]*, and none of nan inf none true false",
        ),
        (
            file(r#"["x", [], [1]]"#, "", y),
            "line 2, column 13: found invalid type: sequence, expected an object",
        ),
        (
            file(x, r#"{"name": "y", "op": "tnah", "args": ["x"]}"#, y),
            "line 3, column 32: found the unknown operation `tnah`, expected an operation: did you mean `tanh`?",
        ),
        (
            file(
                x,
                r#"{"name": "y", "op": "sum", "args": ["x"], "attrs": {"axis": 0}}"#,
                y,
            ),
            "line 3, column 72: found the unknown attribute `axis` of sum, expected one of axes, keepdims: did you mean `axes`?",
        ),
        (
            file(
                x,
                r#"{"name": "y", "op": "sum", "args": ["x"], "attrs": {"axes": {}}}"#,
                y,
            ),
            "line 3, column 72: found `{}`, expected a number, true, false, null, a string or a list",
        ),
        (
            file(x, "", r#""outputs": ["x"], "cotangents": {"x": [1]}"#),
            "line 4, column 40: found shape [2] has 2 elements, but 1 were given, expected as many as `x` has elements",
        ),
    ];
    for (json, expected) in table {
        let error = Case::from_json(json).expect_err(json);
        assert_eq!(error.to_string(), *expected, "{json}");
    }
    assert!(Case::from_json(&"[".repeat(1_000_000)).is_err());
    let deep = format!(
        r#"{{"name": "y", "op": "sum", "args": ["x"], "attrs": {{"axes": {}1{}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(Case::from_json(&file(x, &deep, y)).is_err());
}

/// A small generator of pseudorandom numbers (Steele, Lea, Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// A few random edits of a file.
fn mutated(source: &str, random: &mut SplitMix) -> String {
    const WORDS: [&str; 24] = [
        "9999999999",
        "-1",
        "1e300",
        "nan",
        "-inf",
        "null",
        "none",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ",",
        "=",
        "\"",
        "\\",
        "\n",
        "#",
        "0",
        "\u{e9}",
        "x",
        "return",
        "param",
    ];
    let mut bytes = source.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copied = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())].as_bytes();
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn mutated_files_give_a_case_or_an_error() {
    let mut files = vec![
        SAMPLE.to_string(),
        Case::from_text(SAMPLE).unwrap().to_json(),
    ];
    for (_, source) in EXAM {
        for line in source.lines().step_by(29) {
            let line: std::collections::HashMap<&str, &RawValue> =
                serde_json::from_str(line).unwrap();
            if let Ok(case) = Case::from_json(line["case"].get())
                && case.params.count() < 40
            {
                files.extend([case.to_text(), case.to_json()]);
            }
        }
    }
    assert!(files.len() >= 8, "{} files", files.len());
    let mut random = SplitMix(1);
    let (mut cases, mut errors) = (0, 0);
    for round in 0..20_000 {
        let source = mutated(&files[round % files.len()], &mut random);
        match Case::parse(&source) {
            Ok(case) => {
                cases += 1;
                assert_eq!(Case::from_text(&case.to_text()).unwrap(), case, "{source}");
                assert!(Case::from_json(&case.to_json()).is_ok(), "{source}");
            }
            Err(e) => {
                errors += 1;
                assert!(
                    e.line >= 1 && e.line <= source.lines().count() + 1,
                    "{e}\n{source}"
                );
                assert!(!e.to_string().contains('\n'), "{e}");
            }
        }
    }
    assert!(
        cases > 500 && errors > 5000,
        "{cases} cases, {errors} errors"
    );
}
