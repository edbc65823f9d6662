//! What is wrong, not only that something is: faults are planted, and the guilty node must be named.

#![cfg(feature = "fuzz")]

use secant::check::{Blame, Inquiry, Judge, Options, Verdict, blame, blame_claim};
use secant::engine::sabotage::{Damage, Flaw, Place, Sabotage, Sabotaged, planted};
use secant::engine::{Builtin, Engine, Want, Way};
use secant::fuzz::{Recipe, Scope};
use secant::modes::run;
use secant::op::Kind;
use secant::{Case, Dtype, Params, Tensor};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cases until a fault must have been found, and how many findings of a fault are looked into.
const CASES: u64 = 60;
const FINDINGS: usize = 2;

/// Every so many operations one is broken.
const STRIDE: usize = 4;

fn scope(kind: Kind) -> Scope {
    Scope {
        dtype: Some(Dtype::F64),
        ..Scope::around(kind.name()).expect("a name of the table")
    }
}

fn disagrees(engine: &mut dyn Engine, case: &Case) -> bool {
    let want = Want::gradient();
    let Ok(answer) = engine.evaluate(case, &want) else {
        return false;
    };
    let judge = Judge::new(case, Options::for_dtype(case.dtype));
    judge.is_ok_and(|mut judge| judge.judge(&answer, &want).verdict == Verdict::Disagree)
}

/// What became of the faults that were found.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    found: usize,
    /// Every suspect is a node of the broken operation.
    named: usize,
    /// Parts of one operation.
    alone: usize,
    /// Operations in all these programs, and how many of them are broken.
    operations: usize,
    broken: usize,
}

fn hunt(kind: Kind, flaw: Flaw) -> (Score, Vec<String>) {
    let scope = scope(kind);
    let mut engine = Sabotaged::new(Sabotage {
        op: kind.name().into(),
        flaw,
    });
    let (mut score, mut missed) = (Score::default(), Vec::new());
    for number in 0..CASES {
        let case = Recipe::random(5, number, &scope).decode(&scope);
        if !case.graph.histogram().contains_key(kind.name()) || !disagrees(&mut engine, &case) {
            continue;
        }
        score.found += 1;
        score.operations += case.graph.operations();
        score.broken += case.graph.histogram()[kind.name()];
        let blamed = blame(&case, &mut engine, &Inquiry::of(&case)).expect("a legal case");
        let right = |op: &str| op == kind.name();
        match blamed.suspects.is_empty() || !blamed.suspects.iter().all(|s| right(&s.op)) {
            true => missed.push(format!(
                "{}:{} case {number}: {:?}",
                kind.name(),
                flaw.name(),
                blamed
                    .suspects
                    .iter()
                    .map(|s| &s.message)
                    .collect::<Vec<_>>()
            )),
            false => score.named += 1,
        }
        for suspect in &blamed.suspects {
            assert!(
                disagrees(&mut engine, &suspect.case),
                "{}:{} case {number}: {suspect} does not show in\n{}",
                kind.name(),
                flaw.name(),
                suspect.case.to_text()
            );
            assert_eq!(
                case.graph.node(suspect.node).op.name(),
                suspect.op,
                "the node is one of the whole"
            );
            score.alone += usize::from(suspect.case.graph.operations() == 1);
        }
        if score.found == FINDINGS {
            break;
        }
    }
    (score, missed)
}

#[test]
fn the_guilty_node_is_named() {
    let kinds: Vec<Kind> = Kind::all().step_by(STRIDE).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut rows = Vec::new();
        while let Some(&kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
            for &flaw in Flaw::ALL {
                rows.push((flaw.name(), hunt(kind, flaw)));
            }
        }
        rows
    };
    let rows: Vec<_> = std::thread::scope(|threads| {
        let workers: Vec<_> = (0..2).map(|_| threads.spawn(work)).collect();
        let rows = workers.into_iter().map(|w| w.join().expect("no panic"));
        rows.flatten().collect()
    });
    let mut table: BTreeMap<&str, Score> = BTreeMap::new();
    let mut missed = Vec::new();
    for (flaw, (score, own)) in rows {
        let total = table.entry(flaw).or_default();
        total.found += score.found;
        total.named += score.named;
        total.alone += score.alone;
        total.operations += score.operations;
        total.broken += score.broken;
        missed.extend(own);
    }
    println!("{:>12} {:>6} {:>6} {:>6}", "", "found", "named", "alone");
    let (mut found, mut named) = (0, 0);
    let (mut operations, mut broken) = (0, 0);
    for (flaw, score) in &table {
        let Score {
            found: f,
            named: n,
            alone,
            ..
        } = score;
        operations += score.operations;
        broken += score.broken;
        println!("{flaw:>12} {f:>6} {n:>6} {alone:>6}");
        found += f;
        named += n;
    }
    println!(
        "{named} of {found} are named, where {broken} of {operations} operations are broken; missed:\n{}",
        missed.join("\n")
    );
    assert!(
        found > 200,
        "a hunt that finds {found} faults proves nothing"
    );
    assert!(named * 100 >= found * 95, "{named} of {found} were named");
}

/// What planted numbers in random programs are traced to.
#[test]
fn numbers_of_random_programs_name_the_share() {
    let scope = Scope {
        dtype: Some(Dtype::F64),
        ..Scope::default()
    };
    let damages = [
        Damage::Factor(2.0),
        Damage::Factor(-1.0),
        Damage::Factor(0.0),
        Damage::Factor(1.7),
        Damage::Flaw(Flaw::Transposed),
        Damage::Flaw(Flaw::Shifted),
        Damage::Copy(0),
        Damage::Flipped(0),
        Damage::Passed,
        Damage::Flaw(Flaw::Element),
    ];
    // found wrong, explained at all, and by the place itself or one that makes the same numbers
    let mut table = vec![(0, 0, 0); damages.len()];
    let mut shares = 0;
    for number in 0..300 {
        let case = Recipe::random(7, number, &scope).decode(&scope);
        let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
        let values = run(&case.graph, &params).expect("a legal case");
        let options = Options::for_dtype(case.dtype);
        let places = case.graph.ids().flat_map(|id| {
            let operands = case.graph.node(id).args.len();
            (0..operands).map(move |i| Place::Share(id, i))
        });
        let places: Vec<Place> = places.collect();
        if places.is_empty() {
            continue;
        }
        let damage = number as usize % damages.len();
        let place = &places[number as usize / damages.len() % places.len()];
        let wrong = planted(&case, &values, place, damages[damage]);
        let claim: Params<f64> = case.params.names().zip(wrong).collect();
        let report = secant::check::check(&case, &claim, options).expect("a legal case");
        if report.verdict != Verdict::Disagree {
            continue;
        }
        shares += places.len();
        let found = blame_claim(&case, &claim, &Inquiry::of(&case)).expect("a legal case");
        let row = &mut table[damage];
        row.0 += 1;
        row.1 += usize::from(found.unexplained.is_empty());
        let named = found.suspects.iter().any(|suspect| {
            let own = [(suspect.node, suspect.operand)];
            let mut all = own.iter().chain(&suspect.others);
            all.any(|(id, operand)| match (operand, place) {
                (Some(i), place) => Place::Share(*id, *i) == *place,
                (None, Place::Share(node, _)) => node == id,
                _ => false,
            })
        });
        row.2 += usize::from(named);
        if !named {
            println!(
                "{place:?} {:?} in {}: {:?}, unexplained {:?}",
                damages[damage],
                case.graph.operations(),
                found
                    .suspects
                    .iter()
                    .map(|s| &s.message)
                    .collect::<Vec<_>>(),
                found.unexplained
            );
        }
    }
    println!(
        "{:>30} {:>6} {:>9} {:>6}",
        "", "wrong", "explained", "named"
    );
    let (mut wrong, mut named) = (0, 0);
    for (damage, (w, e, n)) in damages.iter().zip(&table) {
        println!("{:>30} {w:>6} {e:>9} {n:>6}", format!("{damage:?}"));
        // an element of one share is no kind that is planted
        if *damage != Damage::Flaw(Flaw::Element) {
            wrong += w;
            named += n;
        }
    }
    println!("{named} of {wrong}, of {shares} shares in all");
    assert!(
        wrong > 60,
        "a hunt that finds {wrong} faults proves nothing"
    );
    assert!(named * 100 >= wrong * 90, "{named} of {wrong} were named");
}

#[test]
fn a_correct_engine_is_not_under_suspicion() {
    let scope = Scope::default();
    for number in 0..20 {
        let case = Recipe::random(3, number, &scope).decode(&scope);
        let blamed = blame(&case, &mut Builtin::new(Way::Tape), &Inquiry::of(&case));
        assert!(blamed.expect("a legal case").suspects.is_empty());
    }
}

/// Two layers, a mean over the batch, and a batch of four.
const NETWORK: &str = "secant 1
param W1 [3, 2] = [0.3, -0.8, 1.1, 0.6, -0.4, 0.9]
param b1 [3, 1] = [0.1, -0.2, 0.3]
param W2 [2, 3] = [0.7, -0.5, 0.2, 1.3, 0.4, -0.9]
param b2 [2, 1] = [-0.3, 0.25]
const X [2, 4] = [0.5, -1.2, 0.8, 1.7, -0.6, 0.4, 1.1, -0.9]
P1 = matmul(W1, X)
Z1 = add(P1, b1)
A1 = tanh(Z1)
P2 = matmul(W2, A1)
Z2 = add(P2, b2)
A2 = sigmoid(Z2)
return A2
";

fn network() -> Case {
    Case::from_text(NETWORK).expect("a legal case")
}

/// What is found when only the numbers of a planted fault are known.
fn blamed(place: &Place, damage: Damage) -> Blame {
    let case = network();
    let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
    let values = run(&case.graph, &params).expect("a legal case");
    let wrong = planted(&case, &values, place, damage);
    let claim: Params<f64> = case.params.names().zip(wrong).collect();
    blame_claim(&case, &claim, &Inquiry::of(&case)).expect("a legal case")
}

#[track_caller]
fn from_numbers(node: &str, operand: usize, damage: Damage, expected: &str) {
    let id = network().graph.find(node).expect("a node of the network");
    let found = blamed(&Place::Share(id, operand), damage);
    let messages: Vec<&str> = found.suspects.iter().map(|s| s.message.as_str()).collect();
    assert_eq!(messages, [expected]);
    assert!(found.unexplained.is_empty());
    let suspect = &found.suspects[0];
    let all = [(suspect.node, suspect.operand)];
    let mut all = all.iter().chain(&suspect.others);
    assert!(
        all.any(|place| *place == (id, Some(operand))),
        "the place itself is not among those that make its numbers"
    );
}

#[test]
fn numbers_alone_name_the_share() {
    from_numbers(
        "P2",
        0,
        Damage::Factor(2.0),
        "the share of matmul node P2 for its operand W2 is doubled",
    );
    from_numbers(
        "P1",
        0,
        Damage::Factor(-1.0),
        "the share of matmul node P1 for its operand W1 has the wrong sign; \
         the same numbers would come from the share of add node Z1 for its operand P1",
    );
    from_numbers(
        "Z1",
        1,
        Damage::Factor(0.0),
        "the share of add node Z1 for its operand b1 is missing",
    );
    from_numbers(
        "Z1",
        1,
        Damage::Factor(0.25),
        "the share of add node Z1 for its operand b1 is divided by 4",
    );
    from_numbers(
        "P2",
        0,
        Damage::Flaw(Flaw::Transposed),
        "the share of matmul node P2 for its operand W2 is transposed",
    );
    from_numbers(
        "Z2",
        1,
        Damage::Copy(1),
        "the share of add node Z2 for its operand b2 is not summed over the copies of b2: \
         copy 1 is taken for all",
    );
    from_numbers(
        "A1",
        0,
        Damage::Passed,
        "the share of tanh node A1 for its operand Z1 is the cotangent as it came: \
         the derivative is taken for 1",
    );
}

#[test]
fn two_faults_that_do_not_meet_are_both_found() {
    let case = network();
    let honest = Builtin::new(Way::Tape).evaluate(&case, &Want::gradient());
    let honest = honest.unwrap().gradient.unwrap();
    let claim: Params<f64> = honest
        .iter()
        .map(|(name, numbers)| {
            let shape = case.params[name.as_str()].shape();
            let factor = match name.as_str() {
                "W2" => 3.5,
                "b1" => -1.0,
                _ => 1.0,
            };
            let numbers: Vec<f64> = numbers.iter().map(|x| x * factor).collect();
            (name.as_str(), Tensor::new(shape, numbers).unwrap())
        })
        .collect();
    let found = blame_claim(&case, &claim, &Inquiry::of(&case)).unwrap();
    let messages: Vec<&str> = found.suspects.iter().map(|s| s.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the share of add node Z1 for its operand b1 has the wrong sign",
            "the share of matmul node P2 for its operand W2 is 3.500 x what it should be",
        ]
    );
    assert_eq!(
        found,
        blame_claim(&case, &claim, &Inquiry::of(&case)).unwrap()
    );
}

#[test]
fn numbers_that_nothing_explains_are_said_to_be_so() {
    let case = network();
    let honest = Builtin::new(Way::Tape).evaluate(&case, &Want::gradient());
    let honest = honest.unwrap().gradient.unwrap();
    let claimed = |change: &dyn Fn(&str, usize, f64) -> f64| -> Params<f64> {
        let tensors = honest.iter().map(|(name, numbers)| {
            let numbers = numbers.iter().enumerate();
            let numbers: Vec<f64> = numbers.map(|(k, &x)| change(name, k, x)).collect();
            let shape = case.params[name.as_str()].shape();
            (name.as_str(), Tensor::new(shape, numbers).unwrap())
        });
        tensors.collect()
    };
    // in one place that is known, by a fault that is not
    let odd = claimed(&|name, k, x| x + f64::from(name == "W2") * 0.1 * (k as f64).sin());
    let found = blame_claim(&case, &odd, &Inquiry::of(&case)).unwrap();
    assert_eq!(found.unexplained, ["W2"]);
    assert_eq!(
        found.suspects[0].message,
        "the share of matmul node P2 for its operand W2 is wrong in 5/6"
    );
    // a term that no node makes
    let decay = claimed(&|name, k, x| match name {
        "W1" => x + 0.01 * case.params["W1"].to_vec()[k],
        _ => x,
    });
    let found = blame_claim(&case, &decay, &Inquiry::of(&case)).unwrap();
    assert!(found.suspects.is_empty());
    assert_eq!(found.unexplained, ["W1"]);
    let report = secant::check::check(&case, &decay, Options::for_dtype(case.dtype)).unwrap();
    assert_eq!(
        report.pattern().unwrap(),
        "W1 = reference + 1.000e-2 x the parameter in 6/6"
    );
    // and nothing is wrong with what is right
    let right = claimed(&|_, _, x| x);
    let found = blame_claim(&case, &right, &Inquiry::of(&case)).unwrap();
    assert_eq!(found, Blame::default());
}

#[test]
fn numbers_that_are_right_elsewhere() {
    let case = network();
    let at = |change: &dyn Fn(&str, f64) -> f64| -> Option<String> {
        let moved = case
            .params
            .iter()
            .map(|(name, x)| (name, x.map(|x| change(name, x))));
        let moved = Case::with(
            case.graph.clone(),
            moved.collect(),
            case.cotangents.clone(),
            case.dtype,
        );
        let answer = Builtin::new(Way::Tape).evaluate(&moved.unwrap(), &Want::gradient());
        let gradient = answer.unwrap().gradient.unwrap();
        let claim = gradient.into_iter().map(|(name, numbers)| {
            let tensor = Tensor::new(case.params[name.as_str()].shape(), numbers).unwrap();
            (name, tensor)
        });
        let found = blame_claim(&case, &claim.collect(), &Inquiry::of(&case)).unwrap();
        assert!(found.suspects.is_empty() && found.unexplained.is_empty());
        found.elsewhere
    };
    assert_eq!(
        at(&|_, x| f64::from(x as f32)).unwrap(),
        "the claim is the gradient where the parameters are rounded to single precision"
    );
    assert_eq!(
        at(&|name, x| if name == "b1" { 0.0 } else { x }).unwrap(),
        "the claim is the gradient where b1 is 0"
    );
    assert_eq!(at(&|_, x| x), None);
}

/// The two bugs of the course's exercise: dW2 is doubled, and db1 is four times what it should be.
#[test]
#[cfg(feature = "serde")]
fn the_network_of_the_course() {
    let read = |name: &str| {
        let path = format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let case = Case::from_text(&read("course_network.graph")).unwrap();
    let claim: serde_json::Value =
        serde_json::from_str(&read("course_network.buggy.json")).unwrap();
    let claim: Params<f64> = case
        .params
        .iter()
        .map(|(name, x)| {
            let numbers = claim["gradient"][name].as_array().unwrap().iter();
            let numbers: Vec<f64> = numbers.map(|x| x.as_f64().unwrap()).collect();
            (name, Tensor::new(x.shape(), numbers).unwrap())
        })
        .collect();
    let report = secant::check::check(&case, &claim, Options::for_dtype(case.dtype)).unwrap();
    assert_eq!(
        report.pattern().unwrap(),
        "b1 = 4.000 x reference in 5/5; W2 = 2.000 x reference in 15/15"
    );
    let found = blame_claim(&case, &claim, &Inquiry::of(&case)).unwrap();
    let messages: Vec<&str> = found.suspects.iter().map(|s| s.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the share of matmul node P2 for its operand W2 is doubled",
            "the share of add node Z1 for its operand b1 is 4.000 x what it should be",
        ]
    );
}
