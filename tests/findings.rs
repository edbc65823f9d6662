//! From failure to report: faults that were planted under a condition are one finding each; what single cases are found to be,
//! and what is written of a finding, are modules.
#![cfg(feature = "fuzz")]

#[path = "findings/opinion.rs"]
mod opinion;
#[path = "findings/report.rs"]
mod report;

use secant::check::Class;
use secant::engine::sabotage::{Damage, Place, planted};
use secant::engine::{Builtin, Capabilities, Engine, EngineError, Evaluation, Want, Way};
use secant::fuzz::{Factory, Scope, Settings, Summary, run};
use secant::graph::Node;
use secant::modes;
use secant::op::Attr;
use secant::{Case, Dtype, Tensor};
use std::path::PathBuf;

/// What an engine does to our tape's answer.
type Spoil = fn(&Case, &Want, &mut Evaluation);

/// Our tape, but for what somebody does to its answers.
struct Spoiled {
    name: &'static str,
    tape: Builtin,
    spoil: Spoil,
}

impl Engine for Spoiled {
    fn name(&self) -> &str {
        self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.tape.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let mut answer = self.tape.evaluate(case, want)?;
        (self.spoil)(case, want, &mut answer);
        Ok(answer)
    }
}

fn spoiled(name: &'static str, spoil: Spoil) -> Box<dyn Engine> {
    let tape = Builtin::new(Way::Tape);
    Box::new(Spoiled { name, tape, spoil })
}

/// The gradient with the shares of the first node that meets a condition half as large again.
fn plant(case: &Case, answer: &mut Evaluation, when: impl Fn(&Case, &Node) -> bool) {
    let graph = &case.graph;
    let Some(id) = graph.ids().find(|id| when(case, graph.node(*id))) else {
        return;
    };
    let (place, damage) = (Place::Node(id), Damage::Factor(1.5));
    let gradient: Vec<Vec<f64>> = match case.dtype {
        Dtype::F32 => gradients::<f32>(case, &place, damage),
        Dtype::F64 => gradients::<f64>(case, &place, damage),
    };
    let named = answer.gradient.iter_mut().flatten().zip(gradient);
    named.for_each(|((_, data), wrong)| *data = wrong);
}

fn gradients<T: secant::Real>(case: &Case, place: &Place, damage: Damage) -> Vec<Vec<f64>> {
    let params: Vec<Tensor<T>> = case.params.values().map(|x| x.map(T::of)).collect();
    let values = modes::run(&case.graph, &params).expect("a legal case");
    let wrong = planted(case, &values, place, damage);
    wrong.iter().map(|x| x.to_f64().to_vec()).collect()
}

fn attr(node: &Node, name: &str) -> Option<Attr> {
    let attrs = node.op.attrs().into_iter();
    attrs
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn rank(case: &Case, node: &Node) -> usize {
    case.graph.node(node.args[0]).shape.rank()
}

/// Whether the index of a `take` names a place twice.
fn repeats(case: &Case, node: &Node) -> bool {
    let Some(index) = case.graph.constants().get(&node.args[1]) else {
        return false;
    };
    let mut places = index.to_vec();
    places.sort_by(f64::total_cmp);
    places.windows(2).any(|pair| pair[0] == pair[1])
}

fn campaign(
    ops: &[&str],
    cases: u64,
    findings: Option<PathBuf>,
    engine: fn() -> Box<dyn Engine>,
) -> Summary {
    let factory: Factory = Box::new(move || Ok(engine()));
    let settings = Settings {
        cases: Some(cases),
        scope: Scope::only(ops.iter().copied()).unwrap(),
        jobs: 2,
        findings,
        ..Settings::default()
    };
    run(&settings, &[factory], &|_| true).unwrap()
}

#[test]
fn a_fault_under_a_condition_is_one_finding_that_names_it() {
    type Row = (
        &'static [&'static str],
        fn() -> Box<dyn Engine>,
        &'static str,
    );
    let table: &[Row] = &[
        (
            &["sum", "mul"],
            || {
                spoiled("keepdims", |case, _, answer| {
                    plant(case, answer, |_, node| {
                        node.op.name() == "sum" && attr(node, "keepdims") == Some(Attr::Bool(true))
                    });
                })
            },
            "only keepdims=true",
        ),
        (
            &["take", "tanh"],
            || {
                spoiled("repeated", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        node.op.name() == "take" && repeats(case, node)
                    });
                })
            },
            "needs a repeated index",
        ),
        (
            &["cumsum", "mul"],
            || {
                spoiled("rank", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        node.op.name() == "cumsum" && rank(case, node) == 3
                    });
                })
            },
            "needs rank 3",
        ),
        (
            &["exp", "sin", "add"],
            || {
                spoiled("narrow", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        node.op.name() == "exp" && case.dtype == Dtype::F32
                    });
                })
            },
            "only f32",
        ),
        (
            &["avg_pool2d", "add"],
            || {
                spoiled("pool", |case, _, answer| {
                    plant(case, answer, |_, node| {
                        let stride = attr(node, "stride");
                        let kernel = attr(node, "kernel");
                        node.op.name() == "avg_pool2d"
                            && stride != Some(Attr::None)
                            && stride != kernel
                    });
                })
            },
            "only with stride != kernel",
        ),
        (
            &["tanh", "add"],
            || {
                spoiled("always", |case, _, answer| {
                    plant(case, answer, |_, node| node.op.name() == "tanh");
                })
            },
            "any shape, any attributes",
        ),
    ];
    for (ops, engine, conditions) in table {
        let summary = campaign(ops, 150, None, *engine);
        let found: Vec<_> = summary
            .findings
            .iter()
            .map(|finding| (finding.class, &finding.ops[..], finding.conditions.as_str()))
            .collect();
        assert_eq!(found.len(), 1, "{conditions}: {found:?}");
        let (class, found_ops, words) = found[0];
        assert_eq!(
            (class, found_ops),
            (Class::WrongGradient, &[ops[0].to_string()][..])
        );
        assert_eq!(words, *conditions);
        let finding = &summary.findings[0];
        assert_eq!(finding.count, summary.disagreements(), "{finding:?}");
        assert!(
            finding.message.contains("differences of its own values"),
            "{finding:?}"
        );
    }
}

/// Wrong in a node whose operand something else reads too.
fn beside_readers() -> Box<dyn Engine> {
    spoiled("beside", |case, _, answer| {
        plant(case, answer, |case, node| {
            let nodes = case.graph.nodes().iter();
            let readers = |arg| nodes.clone().filter(move |other| other.args.contains(arg));
            let own = || readers(&node.args[0]);
            node.op.name() == "sin" && own().count() > 1
        });
    })
}

#[test]
fn what_is_wrong_beside_other_readers_is_one_finding() {
    let ops = ["sin", "exp", "mul", "sum", "transpose", "reshape", "cos"];
    let summary = campaign(&ops, 300, None, beside_readers);
    let found: Vec<_> = summary
        .findings
        .iter()
        .map(|finding| (finding.ops.join(" "), finding.conditions.as_str()))
        .collect();
    let words = "sin: needs an operand that is read elsewhere too";
    assert_eq!(found, [("sin".into(), words)]);
    assert_eq!(summary.findings[0].count, summary.disagreements());
}

/// Wrong where an operand is a view.
fn on_views() -> Box<dyn Engine> {
    spoiled("views", |case, _, answer| {
        plant(case, answer, |case, node| {
            let operand = node.args.first().map(|&arg| case.graph.node(arg));
            let is_view = operand.is_some_and(|node| node.op.name() == "transpose");
            node.op.name() == "exp" && is_view && node.shape.rank() >= 2
        });
    })
}

#[test]
fn what_is_wrong_on_a_view_is_one_finding() {
    let summary = campaign(&["exp", "transpose", "mul", "sin"], 200, None, on_views);
    let found: Vec<_> = summary.findings.iter().map(|f| f.ops.join(" ")).collect();
    assert_eq!(found, ["exp"]);
    assert_eq!(summary.findings[0].count, summary.disagreements());
}

/// Wrong in two ways.
fn twice() -> Box<dyn Engine> {
    spoiled("twice", |case, _, answer| {
        plant(case, answer, |case, node| {
            node.op.name() == "sum"
                && (attr(node, "keepdims") == Some(Attr::Bool(true)) || case.dtype == Dtype::F32)
        });
    })
}

#[test]
fn two_faults_of_one_operation_are_two_findings_whatever_the_seed() {
    let found = |seed| {
        let settings = Settings {
            cases: Some(150),
            scope: Scope::only(["sum", "mul", "tanh"]).unwrap(),
            jobs: 2,
            seed,
            ..Settings::default()
        };
        let factory: Factory = Box::new(|| Ok(twice()));
        let summary = run(&settings, &[factory], &|_| true).unwrap();
        let counts = summary.findings.iter().map(|finding| finding.count);
        assert_eq!(counts.sum::<u64>(), summary.disagreements());
        let found = summary.findings.into_iter();
        let mut words: Vec<_> = found.map(|f| (f.ops.join(" "), f.conditions)).collect();
        words.sort();
        words
    };
    let expected = ["only f32", "only keepdims=true"].map(|words| ("sum".into(), words.into()));
    assert_eq!(found(1), expected);
    assert_eq!(found(2), expected);
}

fn case(text: &str) -> Case {
    Case::from_text(text).unwrap()
}
