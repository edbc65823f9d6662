//! Gradients that others claimed, right and wrong (tests/data/exam/README.md): what is wrong must be flagged, what is right
//! must pass, and next to a kink nobody may be accused.

#![cfg(feature = "serde")]

use secant::Case;
use secant::check::{Judge, Options, Verdict};
use secant::engine::{Evaluation, Named, Want};
use serde_json::Value;
use std::collections::BTreeMap;

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some(word) => word.parse().expect("nan, inf or -inf"),
        None => value.as_f64().expect("a number"),
    }
}

fn gradient(claim: &Value) -> Named {
    let entries = claim["gradient"].as_object().expect("names").iter();
    entries
        .map(|(name, data)| {
            let data = data.as_array().expect("a list").iter().map(number);
            (name.clone(), data.collect())
        })
        .collect()
}

#[test]
fn every_claim_gets_the_verdict_that_it_deserves() {
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut failed = Vec::new();
    for line in include_str!("data/exam/checker.jsonl").lines() {
        let entry: Value = serde_json::from_str(line).expect("a line of JSON");
        let case = Case::from_json(&entry["case"].to_string()).expect("a legal case");
        let want = Want {
            gradient: true,
            ..Want::default()
        };
        let answer = Evaluation {
            gradient: Some(gradient(&entry["claim"])),
            ..Evaluation::default()
        };
        for seed in 1..4 {
            let options = Options {
                seed,
                ..Options::for_dtype(case.dtype)
            };
            let mut judge = Judge::new(&case, options).expect("it can be evaluated");
            let report = judge.judge(&answer, &want);
            let expect = entry["expect"].as_str().expect("a word");
            let right = match expect {
                "flag" => report.verdict == Verdict::Disagree,
                "pass" => report.verdict == Verdict::Agree,
                "pass_or_undecided" => report.verdict != Verdict::Disagree,
                other => panic!("{other} is no expectation"),
            };
            let policy = entry["difficulty"] == "policy";
            if !right && !policy {
                failed.push(format!("{} {expect}, seed {seed}: {report}", entry["id"]));
            }
            *counts
                .entry((expect.to_string(), report.verdict.name()))
                .or_default() += 1;
        }
    }
    println!("{counts:?}");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(counts.values().sum::<usize>(), 3 * 154);
}
