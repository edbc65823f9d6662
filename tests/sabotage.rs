//! The test of the tests: every kind of fault is planted into the rule of every operation that it fits, and a short run
//! over random programs must notice. The table of cases until a fault is found is printed.

#![cfg(feature = "fuzz")]

use secant::Dtype;
use secant::check::{Judge, Options, Verdict};
use secant::engine::sabotage::{Flaw, Sabotage, Sabotaged};
use secant::engine::{Builtin, Engine, Want, Way};
use secant::fuzz::{Recipe, Scope};
use secant::op::Kind;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cases until a fault must have been found.
const CASES: u64 = 400;

/// What became of a planted fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Found in this case, counted from 1 among those in which it changed the gradient.
    Found(u64),
    /// It changed gradients, and nobody noticed.
    Missed(u64),
    /// It changed nothing: the operation has no such place to break.
    DoesNotFit,
}

fn scope(kind: Kind) -> Scope {
    Scope {
        dtype: Some(Dtype::F64),
        ..Scope::around(kind.name()).expect("a name of the table")
    }
}

fn hunt(kind: Kind, flaw: Flaw) -> Outcome {
    let scope = scope(kind);
    let mut engine = Sabotaged::new(Sabotage {
        op: kind.name().into(),
        flaw,
    });
    let mut bitten = 0;
    for number in 0..CASES {
        let case = Recipe::random(5, number, &scope).decode(&scope);
        let want = Want::gradient();
        let answer = engine
            .evaluate(&case, &want)
            .expect("a decoded case is legal");
        if !engine.has_bitten() {
            continue;
        }
        let mut judge =
            Judge::new(&case, Options::for_dtype(case.dtype)).expect("a decoded case is legal");
        if judge.judge(&answer, &want).verdict == Verdict::Disagree {
            return Outcome::Found(bitten + 1);
        }
        // at a kink nobody can tell, and a fault that shows there only is none: the median of elements in reverse
        let honest = Builtin::new(Way::Tape).evaluate(&case, &want);
        let honest = honest.expect("a decoded case is legal");
        if judge.judge(&honest, &want).verdict != Verdict::Undecided {
            bitten += 1;
        }
    }
    if bitten == 0 {
        Outcome::DoesNotFit
    } else {
        Outcome::Missed(bitten)
    }
}

#[test]
fn every_planted_fault_is_found() {
    let kinds: Vec<Kind> = Kind::all().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut rows = Vec::new();
        while let Some(&kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcomes: Vec<Outcome> = Flaw::ALL.iter().map(|&flaw| hunt(kind, flaw)).collect();
            rows.push((kind.name(), outcomes));
        }
        rows
    };
    let table: BTreeMap<&str, Vec<Outcome>> = std::thread::scope(|threads| {
        let workers: Vec<_> = (0..2).map(|_| threads.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    });

    let head: Vec<String> = Flaw::ALL
        .iter()
        .map(|flaw| format!("{:>12}", flaw.name()))
        .collect();
    println!("{:>24} {}", "cases until found", head.join(""));
    let mut missed = Vec::new();
    let mut found = BTreeMap::new();
    for (name, outcomes) in &table {
        let cells: Vec<String> = Flaw::ALL
            .iter()
            .zip(outcomes)
            .map(|(flaw, outcome)| match outcome {
                Outcome::Found(cases) => {
                    *found.entry(flaw.name()).or_insert(0) += 1;
                    format!("{cases:>12}")
                }
                Outcome::DoesNotFit => format!("{:>12}", "-"),
                Outcome::Missed(cases) => {
                    missed.push(format!("{name}:{} ({cases} cases)", flaw.name()));
                    format!("{:>12}", "MISSED")
                }
            })
            .collect();
        println!("{name:>24} {}", cells.join(""));
    }
    println!("found: {found:?}");
    assert!(missed.is_empty(), "not found: {}", missed.join(", "));
    // a hunt in which faults fit nowhere proves nothing
    for (flaw, least) in [
        ("sign", 90),
        ("factor", 90),
        ("element", 90),
        ("dropped", 90),
        ("overwritten", 80),
        ("skipped-sum", 20),
        ("transposed", 60),
        ("shifted", 90),
        ("stale", 60),
        ("swapped", 8),
    ] {
        let count = found.get(flaw).copied().unwrap_or(0);
        assert!(
            count >= least,
            "{flaw} was planted into {count} operations only"
        );
    }
}
