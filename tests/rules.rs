//! Every operation of the table, in both arithmetics, in reverse mode, forward mode and second order, by all four engines,
//! against finite differences in double-double arithmetic.
//!
//! The list of tests is the table itself: each operation gives six tests, and each of them many cases with other shapes,
//! attributes, layouts and values.

use libtest_mimic::{Arguments, Failed, Trial};
use secant::check::{Judge, Options, Verdict};
use secant::engine::{Builtin, Engine, Want, Way};
use secant::op::{Choices, Domain, Input, Kind, Op, Request, splitmix64};
use secant::{Case, Dtype, Graph, Params, Shape, Tensor};

/// What is asked of the engines.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    Reverse,
    Forward,
    Second,
}

/// Cases an operation.
const CASES: u64 = 40;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for kind in Kind::all() {
        for dtype in [Dtype::F32, Dtype::F64] {
            for (word, question) in [
                ("reverse", Question::Reverse),
                ("forward", Question::Forward),
                ("second", Question::Second),
            ] {
                let name = format!("{}::{dtype}::{word}", kind.name());
                trials.push(Trial::test(name, move || operation(kind, dtype, question)));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn words(seed: u64) -> Vec<u32> {
    (0..1024)
        .map(|k| (splitmix64(seed.wrapping_mul(0x1_0001) ^ k) >> 32) as u32)
        .collect()
}

/// Shapes of every rank up to 3, with sizes 0 and 1 among them, equal and unequal.
fn shape(from: &mut Choices<'_>) -> Shape {
    let rank = from.below(4);
    (0..rank)
        .map(|_| *from.pick(&[2, 3, 1, 4, 2, 3, 0]))
        .collect()
}

/// A number inside an interval, at a moderate distance from its ends.
fn number(from: &mut Choices<'_>, (low, high): (f64, f64)) -> f64 {
    let (low, high) = (low.max(-3.0), high.min(3.0));
    // halves now and then: ties, and places where pieces of a definition meet
    let x = if from.chance(0.05) {
        (from.unit() * 7.0).floor() / 2.0 - 1.0
    } else {
        low + from.unit() * (high - low)
    };
    let margin = 0.02 * (high - low);
    x.clamp(low + margin, high - margin)
}

fn tensor(from: &mut Choices<'_>, shape: &Shape, domain: Domain) -> Tensor<f64> {
    match domain {
        Domain::Interval(interval) => Tensor::from_fn(shape, |_| number(from, interval)),
        Domain::Index(n) => {
            Tensor::from_fn(shape, |_| from.between(-(n as i64), n as i64 - 1) as f64)
        }
        Domain::Definite => {
            let n = shape[shape.rank() - 1];
            let dominant = |k: usize| if k % n == k / n % n { 2.0 } else { 0.0 };
            Tensor::from_fn(shape, |k| dominant(k) + (from.unit() - 0.5) / n as f64)
        }
    }
}

/// A case with one operation, whose operands are parameters.
fn case(kind: Kind, dtype: Dtype, seed: u64) -> Option<Case> {
    let words = words(seed);
    let mut from = Choices::new(&words);
    // some operations take few shapes: try a number of them
    let (x, drawn) = (0..30).find_map(|_| {
        let suited = from.chance(0.5).then(|| kind.first(&mut from)).flatten();
        let x = suited.unwrap_or_else(|| shape(&mut from));
        kind.draw(&mut from, &x).map(|drawn| (x, drawn))
    })?;
    let mut graph = Graph::new();
    let mut params = Params::new();
    let first = tensor(&mut from, &x, drawn.op.domain(0));
    let mut args = vec![match drawn.op.domain(0) {
        Domain::Index(_) => graph.index("x0", first).unwrap(),
        _ => {
            params.insert("x0", first);
            graph.param("x0", x.clone()).unwrap()
        }
    }];
    for (i, request) in drawn.others.iter().enumerate() {
        let name = format!("x{}", i + 1);
        args.push(match request {
            Request::Tensor(shape) => {
                params.insert(&name, tensor(&mut from, shape, drawn.op.domain(i + 1)));
                graph.param(&name, shape.clone()).unwrap()
            }
            Request::Index(shape, below) => {
                let n = *below as i64;
                graph
                    .index(
                        &name,
                        Tensor::from_fn(shape, |_| from.between(-n, n - 1) as f64),
                    )
                    .unwrap()
            }
            Request::Label(shape, below) => graph
                .index(&name, Tensor::from_fn(shape, |_| from.below(*below) as f64))
                .unwrap(),
        });
    }
    let y = graph
        .push("y", drawn.op, &args)
        .unwrap_or_else(|e| panic!("{} drew what it cannot take: {e}", kind.name()));
    graph.output(y);
    let cotangent = Tensor::from_fn(&graph.node(y).shape, |_| {
        0.5 + from.unit() * if from.chance(0.5) { 1.0 } else { -1.0 }
    });
    Some(Case::with(graph, params, vec![cotangent], dtype).unwrap())
}

fn operation(kind: Kind, dtype: Dtype, question: Question) -> Result<(), Failed> {
    let mut agreed = 0;
    let mut refused = 0;
    for seed in 0..CASES {
        let Some(case) = case(kind, dtype, seed) else {
            refused += 1;
            continue;
        };
        let direction = || {
            Params::from_iter(case.params.iter().enumerate().map(|(p, (name, x))| {
                let entry = |k: usize| {
                    0.3 + (splitmix64(seed ^ (p as u64) << 32 ^ k as u64) >> 40) as f64
                        / 2f64.powi(24)
                };
                (
                    name,
                    Tensor::from_fn(x.shape(), |k| {
                        dtype.round(if k % 3 == 1 { -entry(k) } else { entry(k) })
                    }),
                )
            }))
        };
        let want = match question {
            Question::Reverse => Want::gradient(),
            Question::Forward => Want {
                tangents: Some(direction()),
                ..Want::default()
            },
            Question::Second => Want {
                direction: Some(direction()),
                ..Want::default()
            },
        };
        let mut judge = Judge::new(&case, Options::for_dtype(dtype))?;
        for way in Way::ALL {
            let mut engine = Builtin::new(way);
            let answer = engine.evaluate(&case, &want)?;
            let report = judge.judge(&answer, &want);
            match report.verdict {
                Verdict::Agree => agreed += 1,
                Verdict::Undecided => {}
                Verdict::Disagree => {
                    return Err(format!(
                        "seed {seed}, {}: {report}\n{}",
                        engine.name(),
                        describe(&case)
                    )
                    .into());
                }
            }
        }
    }
    // what can be drawn must for the most part be decided, or the test has no teeth
    let possible = (CASES - refused) * Way::ALL.len() as u64;
    if refused > CASES * 2 / 3 || agreed * 10 < possible * 6 {
        return Err(format!("only {agreed} of {possible} agreed, {refused} shapes refused").into());
    }
    Ok(())
}

fn describe(case: &Case) -> String {
    let mut lines = Vec::new();
    for id in case.graph.ids() {
        let node = case.graph.node(id);
        let data = match node.op {
            Op::Input(Input::Param) => format!("{:?}", case.params[&*case.graph.name(id)]),
            Op::Input(_) => format!("{:?}", case.graph.constants()[&id]),
            _ => format!("{:?}", node.op),
        };
        lines.push(format!("{} {data}", case.graph.describe(id)));
    }
    lines.push(format!("cotangent {:?}", case.cotangents[0]));
    lines.join("\n")
}
