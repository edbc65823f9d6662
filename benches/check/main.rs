//! What a check costs: each parameter by itself (`full`), or all along one random direction (`direction`).
//!
//! The functions are what a user has: plain Rust in f64, with a gradient by hand. `tanh` is sum(tanh(x W + b)) of 256
//! parameters, `course` the network of 47 that the deeplearning.ai course checks, `network` one of 2410 with a batch of 16.
//! `random` is a hundred random programs of about ten operations, judged by the wide oracle and looked at by a monitor,
//! `common` the same of operations that every engine has;
//! `training` a step of `network` on the tape, and a monitor's glance at it.
//!
//! Before anything is timed the very check must agree with the right gradient and flag one wrong element. `check_peers.py`
//! runs this beside other checkers.

mod functions;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use functions::{Problem, course, network, tanh};
use secant::check::{Check, Judge, Monitor, Options, Report, Verdict};
use secant::engine::{Builtin, Engine, Evaluation, Named, Want, Way};
use secant::fuzz::{Recipe, Scope};
use secant::op::Reduction;
use secant::{Case, Dtype, Params, Tape, Tensor, Var};
use std::hint::black_box;
use std::time::Duration;

const PROGRAMS: usize = 100;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = functions, random, training
}
criterion_main!(benches);

fn functions(criterion: &mut Criterion) {
    for problem in [tanh(), course(), network()] {
        let mut group = criterion.benchmark_group(problem.name);
        group.bench_function("value", |b| {
            b.iter(|| (problem.value)(black_box(&problem.at)));
        });
        group.bench_function("gradient", |b| {
            b.iter(|| (problem.gradient)(black_box(&problem.at)));
        });
        for (name, full) in [("full", true), ("direction", false)] {
            sees(&problem, full);
            group.bench_function(name, |b| {
                b.iter(|| check(&problem, full, |x| (problem.gradient)(x)).verdict);
            });
        }
        group.finish();
    }
}

fn check(problem: &Problem, full: bool, gradient: impl Fn(&[f64]) -> Vec<f64>) -> Report {
    let check = Check::new(|x| (problem.value)(x)).gradient(gradient);
    let check = match full {
        true => check.full(),
        false => check.projections(1),
    };
    check.at(&problem.at)
}

/// The right gradient is right; one wrong element is flagged: any by a thousandth, the largest by a billionth.
fn sees(problem: &Problem, full: bool) {
    let report = check(problem, full, |x| (problem.gradient)(x));
    assert_eq!(report.verdict, Verdict::Agree, "{}: {report}", problem.name);
    let right = (problem.gradient)(&problem.at);
    let contribution = |i: usize| (right[i] * problem.at[i]).abs();
    let largest = (0..right.len()).max_by(|&i, &j| contribution(i).total_cmp(&contribution(j)));
    let some = (0..right.len()).filter(|&i| right[i] != 0.0);
    let some = some.step_by(right.len() / 8);
    let planted = some
        .map(|i| (i, 1e-3))
        .chain([(largest.expect("some"), 1e-9)]);
    for (place, off) in planted {
        let report = check(problem, full, |x| {
            let mut claim = (problem.gradient)(x);
            claim[place] *= 1.0 + off;
            claim
        });
        let name = problem.name;
        let found: Vec<_> = report.faults.iter().map(|fault| &fault.index).collect();
        assert_eq!(found, [&vec![place]], "{name}, {off} in {place}: {report}");
    }
}

/// A program, what the tape says its gradient is, and the same with one element wrong by a thousandth.
struct Drawn {
    case: Case,
    right: Evaluation,
    wrong: Evaluation,
}

impl Drawn {
    fn params(&self, claim: &Evaluation) -> Params<f64> {
        let gradient = claim.gradient.as_ref().expect("it was asked for");
        let entries = self.case.params.iter().map(|(name, x)| {
            let found = gradient.iter().find(|(other, _)| other == name);
            let values = found.expect("an entry for each").1.clone();
            (name, Tensor::new(x.shape(), values).expect("the shape"))
        });
        Params::from_iter(entries)
    }

    fn judge(&self, claim: &Evaluation) -> Verdict {
        let options = Options {
            projections: 1,
            ..Options::for_dtype(self.case.dtype)
        };
        let judge = Judge::new(&self.case, options);
        let mut judge = judge.expect("the tape evaluated it");
        judge.judge(claim, &Want::gradient()).verdict
    }
}

/// What every engine has: the programs that others are timed with are of such operations.
const COMMON: [&str; 14] = [
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "exp",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "sum",
    "mean",
    "matmul",
    "transpose",
];

/// Programs in f64 whose gradient is finite and not 0 throughout.
fn draw(scope: Scope) -> Vec<Drawn> {
    let scope = Scope {
        dtype: Some(Dtype::F64),
        ..scope
    };
    let mut tape = Builtin::new(Way::Tape);
    let cases = (0..).map(|k| Recipe::random(1, k, &scope).decode(&scope));
    let drawn = cases.filter_map(|case| {
        let right = tape.evaluate(&case, &Want::gradient()).ok()?;
        let mut wrong = right.clone();
        spoil(&case.params, wrong.gradient.as_mut()?)?;
        Some(Drawn { case, right, wrong })
    });
    drawn.take(PROGRAMS).collect()
}

/// Spoils the element that contributes most.
fn spoil(params: &Params<f64>, gradient: &mut Named) -> Option<()> {
    let mut most = (0.0, None);
    for (name, values) in gradient.iter_mut() {
        for (g, x) in values.iter_mut().zip(params[name].iter()) {
            let contribution = (*g * x.abs().max(1e-3)).abs();
            if !contribution.is_finite() {
                return None;
            }
            if contribution > most.0 {
                most = (contribution, Some(g));
            }
        }
    }
    // a gradient that is nothing but rounding is 0
    if most.0 < 1e-6 {
        return None;
    }
    *most.1? *= 1.0 + 1e-3;
    Some(())
}

fn random(criterion: &mut Criterion) {
    let common = Scope::only(COMMON).expect("names of the table");
    judged(criterion, "random", &draw(Scope::default()));
    judged(criterion, "common", &draw(common));
}

fn judged(criterion: &mut Criterion, name: &str, drawn: &[Drawn]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(PROGRAMS as u64));

    let agree = |drawn: &&Drawn| drawn.judge(&drawn.right) == Verdict::Agree;
    let decided: Vec<&Drawn> = drawn.iter().filter(agree).collect();
    println!("the judge agrees with {} of {PROGRAMS}", decided.len());
    for drawn in drawn {
        assert_ne!(drawn.judge(&drawn.right), Verdict::Disagree);
    }
    let mut flagged = 0;
    for drawn in &decided {
        let verdict = drawn.judge(&drawn.wrong);
        // next to a kink nobody is accused
        assert_ne!(verdict, Verdict::Agree, "{}", drawn.case.to_text());
        flagged += usize::from(verdict == Verdict::Disagree);
    }
    println!("and flags {flagged} of them if they are wrong");
    let mut tape = Builtin::new(Way::Tape);
    group.bench_function("wide", |b| {
        b.iter(|| {
            for drawn in drawn {
                let answer = tape.evaluate(&drawn.case, &Want::gradient());
                black_box(drawn.judge(&answer.expect("it did before")));
            }
        });
    });

    let glance = |drawn: &Drawn, claim: &Evaluation| {
        let mut monitor = Monitor::every(1);
        let glance = monitor.step(|| Ok(drawn.case.clone()), &drawn.params(claim));
        glance.expect("it can be evaluated").expect("it looks")
    };
    let mut asked = 0;
    for drawn in drawn {
        let right = glance(drawn, &drawn.right);
        asked += usize::from(right.report.is_some());
        assert_ne!(right.verdict, Verdict::Disagree, "{right:?}");
        if right.verdict == Verdict::Agree {
            let wrong = glance(drawn, &drawn.wrong);
            assert_ne!(wrong.verdict, Verdict::Agree, "{}", drawn.case.to_text());
        }
    }
    println!("the monitor asks the judge about {asked} of {PROGRAMS}");
    group.bench_function("glance", |b| {
        b.iter_batched(
            || {
                let copy = |drawn: &Drawn| (drawn.case.clone(), drawn.params(&drawn.right));
                drawn.iter().map(copy).collect::<Vec<_>>()
            },
            |copies| {
                let mut monitor = Monitor::every(1);
                for (case, gradient) in copies {
                    black_box(monitor.step(|| Ok(case), &gradient)).expect("it did before");
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn training(criterion: &mut Criterion) {
    let (at, x, labels) = (network().at, functions::batch(), functions::labels());
    let labels: Vec<i64> = labels.map(|label| label as i64).collect();
    let x = Tensor::new([16, 64], x).expect("a batch");
    let mut rest = &at[..];
    let mut params = Params::new();
    for (name, shape) in [
        ("w1", [64, 32]),
        ("b1", [1, 32]),
        ("w2", [32, 10]),
        ("b2", [1, 10]),
    ] {
        let (own, others) = rest.split_at(shape[0] * shape[1]);
        params.insert(name, Tensor::new(shape, own.to_vec()).expect("the shape"));
        rest = others;
    }
    fn loss<'t>(p: &[Var<'t>], x: Var<'t>, labels: Var<'t>) -> Var<'t> {
        let hidden = (x.matmul(p[0]) + p[1]).relu();
        (hidden.matmul(p[2]) + p[3]).cross_entropy(labels, Reduction::Mean)
    }
    let step = |monitor: Option<&mut Monitor>| {
        let tape = Tape::new();
        let p: Vec<Var<'_>> = params
            .iter()
            .map(|(name, x)| tape.named(name, x.clone()))
            .collect();
        let loss = loss(&p, tape.constant(x.clone()), tape.index(&labels));
        let gradient = loss.grad(&p).expect("the network is differentiable");
        let gradient: Params<f64> = params.names().zip(gradient).collect();
        if let Some(monitor) = monitor {
            let case = || Ok(Case::new(tape.graph(&[loss])?, params.clone())?);
            let glance = monitor.step(case, &gradient).expect("it can be evaluated");
            assert_eq!(glance.map(|glance| glance.verdict), Some(Verdict::Agree));
        }
        Params::from_iter(params.iter().map(|(name, x)| {
            let moved = x.zip(&gradient[name], |x, g| x - 0.01 * g);
            (name, moved)
        }))
    };
    let mut group = criterion.benchmark_group("training");
    group.bench_function("step", |b| b.iter(|| step(None)));
    let mut monitor = Monitor::every(1);
    group.bench_function("step_and_glance", |b| b.iter(|| step(Some(&mut monitor))));
    group.finish();
}
