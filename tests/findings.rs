//! From failure to report: faults that were planted under a condition, legal choices at kinks, low precision, answers that
//! change, and what a second opinion makes of them.
#![cfg(feature = "fuzz")]

use secant::check::Class;
use secant::engine::sabotage::{Damage, Place, planted};
use secant::engine::{
    Builtin, Capabilities, Engine, EngineError, Evaluation, Named, PLAIN, Want, Way,
};
use secant::fuzz::{Factory, Outcome, Scope, Settings, Summary, judge_case, run};
use secant::graph::Node;
use secant::modes;
use secant::op::Attr;
use secant::{Case, Dtype, Tensor};
use std::path::{Path, PathBuf};

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

fn outcome(case: &Case, spoil: Spoil) -> Outcome {
    judge_case(case, &mut [spoiled("spoiled", spoil)], 1, 1).remove(0)
}

#[test]
fn names_that_nobody_asked_about_are_told() {
    let sine = case("secant 1\nparam x [] = 0.5\ny = sin(x)\nreturn y\n");
    let spoils: [(Spoil, &str); 2] = [
        (
            |_, _, answer| {
                answer
                    .value
                    .iter_mut()
                    .for_each(|v| v.push(("w".into(), vec![1.0])))
            },
            "w: is no output",
        ),
        (
            |_, _, answer| {
                answer
                    .gradient
                    .iter_mut()
                    .for_each(|g| g.push(("w".into(), vec![1.0])))
            },
            "w: is no parameter",
        ),
    ];
    for (spoil, words) in spoils {
        let found = outcome(&sine, spoil);
        assert_eq!(found.class(), Some(Class::WrongShape), "{found}");
        assert!(found.to_string().contains(words), "{found}");
    }
}

#[test]
fn the_last_digits_of_a_small_gradient_are_nobodys_fault() {
    let far = case("secant 1\ndtype f32\nparam x [] = 9.0\ny = tanh(x)\nreturn y\n");
    // 1 - y^2, in single precision
    let found = outcome(&far, |_, _, answer| {
        set(answer, "x", &[1.1920928955078125e-7]);
    });
    assert!(matches!(found, Outcome::Unconfirmed(..)), "{found}");
    let found = outcome(&far, |_, _, answer| set(answer, "x", &[1e-5]));
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
    // the same where the cotangent grows on its way, and what it comes to is less than that of the program
    let long = case(
        "secant 1\nconst c [] = 8.0\nparam x [] = 2.65\na = exp(x)\nb = tanh(a)\np = powi(b, n=4)\ny = mul(p, c)\nreturn y\n",
    );
    let found = outcome(&long, |_, _, answer| {
        let slope = 1.0 - 2.65f64.exp().tanh().powi(2);
        set(answer, "x", &[32.0 * 2.65f64.exp() * slope]);
    });
    assert!(matches!(found, Outcome::Unconfirmed(..)), "{found}");
    let found = outcome(&long, |_, _, answer| {
        let right = 32.0 * 2.65f64.exp() / 2.65f64.exp().cosh().powi(2);
        set(answer, "x", &[1.01 * right]);
    });
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
}

/// Sets elements of the only gradient.
fn set(answer: &mut Evaluation, name: &str, numbers: &[f64]) {
    // the values alone are asked for when they are differentiated
    let Some(named) = &mut answer.gradient else {
        return;
    };
    let (_, data) = named.iter_mut().find(|(own, _)| own == name).unwrap();
    data.copy_from_slice(numbers);
}

#[test]
fn a_legal_choice_is_a_convention_and_no_fault() {
    let relu = case(
        "secant 1\nparam x [3] = [0.0, -1.0, 2.0]\ny = relu(x)\nreturn y\ncotangent y = [1.0, 1.0, 1.0]\n",
    );
    let found = outcome(&relu, |_, _, answer| set(answer, "x", &[1.0, 0.0, 1.0]));
    assert_eq!(found.class(), Some(Class::Convention), "{found}");
    assert!(!found.is_finding());
    // our own choice is not worth a word, and one that lies outside of both sides is wrong
    let ours = outcome(&relu, |_, _, _| {});
    assert_eq!(ours.class(), None, "{ours}");
    let wrong = outcome(&relu, |_, _, answer| set(answer, "x", &[2.0, 0.0, 1.0]));
    assert_eq!(wrong.class(), Some(Class::WrongGradient), "{wrong}");

    let max = case("secant 1\nparam a [] = 1.5\nparam b [] = 1.5\ny = max(a, b)\nreturn y\n");
    let first = outcome(&max, |_, _, answer| {
        set(answer, "a", &[1.0]);
        set(answer, "b", &[0.0]);
    });
    assert_eq!(first.class(), Some(Class::Convention), "{first}");
    let sort = case(
        "secant 1\nparam x [2] = [1.0, 1.0]\ny = sort(x)\nreturn y\ncotangent y = [1.0, 3.0]\n",
    );
    let other = outcome(&sort, |_, _, answer| set(answer, "x", &[3.0, 1.0]));
    assert_eq!(other.class(), Some(Class::Convention), "{other}");
}

#[test]
fn choices_that_contradict_each_other_are_a_fault() {
    let reduce = case("secant 1\nparam x [3] = [2.0, 2.0, 1.0]\ny = max_reduce(x)\nreturn y\n");
    let found = outcome(&reduce, |_, _, answer| set(answer, "x", &[1.0, 1.0, 0.0]));
    assert_eq!(found.class(), Some(Class::WrongGradient), "{found}");
    assert!(
        found
            .to_string()
            .contains("moved together the function is smooth"),
        "{found}"
    );
    assert!(
        found
            .to_string()
            .contains("differences of its own values give 1e0"),
        "{found}"
    );
    let one = outcome(&reduce, |_, _, answer| set(answer, "x", &[0.0, 1.0, 0.0]));
    assert_eq!(one.class(), Some(Class::Convention), "{one}");
    let max = case("secant 1\nparam a [] = 1.5\nparam b [] = 1.5\ny = max(a, b)\nreturn y\n");
    let neither = outcome(&max, |_, _, answer| {
        set(answer, "a", &[0.0]);
        set(answer, "b", &[0.0]);
    });
    assert_eq!(neither.class(), Some(Class::WrongGradient), "{neither}");
    // two kinks that have nothing to do with each other may be chosen differently
    let two = case(
        "secant 1\nparam x [2] = [0.0, 0.0]\ny = relu(x)\nreturn y\ncotangent y = [1.0, -1.0]\n",
    );
    let mixed = outcome(&two, |_, _, answer| set(answer, "x", &[1.0, 0.0]));
    assert_eq!(mixed.class(), Some(Class::Convention), "{mixed}");
    // no rule differentiates a condition, though all that it chooses from may be 0
    let condition =
        case("secant 1\nparam x [] = 0.0\nconst zero [] = 0.0\ny = where(x, zero, x)\nreturn y\n");
    let chosen = outcome(&condition, |_, _, answer| set(answer, "x", &[1.0]));
    assert_eq!(chosen.class(), None, "{chosen}");
}

/// The case with every relu as a choice that takes the right branch at 0.
fn right_branches(case: &Case) -> Case {
    let text = case.to_text();
    let mut lines = Vec::new();
    for (k, line) in text.lines().enumerate() {
        match line.split_once(" = relu(") {
            Some((name, operand)) => {
                let operand = operand.trim_end_matches(')');
                lines.push(format!("choice{k} = ge({operand}, nought)"));
                lines.push(format!("{name} = where(choice{k}, {operand}, nought)"));
            }
            None => lines.push(line.into()),
        }
        if line.starts_with("dtype") {
            lines.push("const nought [] = 0.0".into());
        }
    }
    Case::from_text(&(lines.join("\n") + "\n")).unwrap()
}

#[test]
fn a_campaign_counts_no_convention_as_wrong() {
    let summary = campaign(&["relu", "add"], 600, None, || {
        spoiled("other", |case, want, answer| {
            let mut tape = Builtin::new(Way::Tape);
            *answer = tape.evaluate(&right_branches(case), want).unwrap();
        })
    });
    assert!(!summary.findings.is_empty());
    for finding in &summary.findings {
        assert_eq!(finding.class, Class::Convention, "{finding:?}");
        assert_eq!(finding.ops, ["relu"], "{finding:?}");
    }
    assert_eq!(summary.disagreements(), 0);
    assert!(summary.undecided["convention"] > 0);
}

#[test]
fn low_precision_of_values_is_told_as_that() {
    let tanh = case("secant 1\nparam x [2] = [0.3, -0.7]\ny = tanh(x)\nreturn y\n");
    let narrow = outcome(&tanh, |_, _, answer| {
        let values = answer.value.iter_mut().flatten();
        values.for_each(|(_, data)| data.iter_mut().for_each(|y| *y = f64::from(*y as f32)));
    });
    assert_eq!(narrow.class(), Some(Class::WrongValue), "{narrow}");
    assert!(
        narrow.to_string().contains("low precision: values have"),
        "{narrow}"
    );
    let wrong = outcome(&tanh, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[1] *= 1.5;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
    assert!(!wrong.to_string().contains("low precision"), "{wrong}");
}

/// sinc is 0 at whole numbers, and a sine of a rounded multiple of pi is not. What rounding cannot explain is wrong.
#[test]
fn a_zero_that_is_exact_by_luck_is_asked_of_nobody() {
    let sinc = case("secant 1\nparam x [] = 3.0\ny = sinc(x)\nreturn y\n");
    let rounded = outcome(&sinc, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 3.9e-17;
    });
    assert!(!rounded.is_finding(), "{rounded}");
    assert!(rounded.to_string().contains("roundoffs"), "{rounded}");
    let wrong = outcome(&sinc, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] += 1e-12;
    });
    assert_eq!(wrong.class(), Some(Class::WrongValue), "{wrong}");
}

#[test]
fn what_its_own_values_contradict_is_no_finding() {
    // at 1 the cube has the value of the square
    let square = case("secant 1\nparam x [] = 1.0\ny = square(x)\nreturn y\n");
    let cubed = outcome(&square, |case, _, answer| {
        let x = case.params["x"].item();
        answer.value.as_mut().unwrap()[0].1[0] = x * x * x;
        if let Some(gradient) = &mut answer.gradient {
            gradient[0].1[0] = 3.0 * x * x;
        }
    });
    let Outcome::Unconfirmed(Class::WrongGradient, message) = &cubed else {
        panic!("{cubed}");
    };
    assert!(message.contains("which is what it says"), "{message}");
    // whose own values are wrong as well is told so
    let lost = outcome(&square, |case, _, answer| {
        let x = case.params["x"].item();
        answer.value.as_mut().unwrap()[0].1[0] = x * x * x;
        if let Some(gradient) = &mut answer.gradient {
            gradient[0].1[0] = 7.0;
        }
    });
    assert_eq!(lost.class(), Some(Class::WrongGradient), "{lost}");
    assert!(
        lost.to_string().contains("its own values are wrong too"),
        "{lost}"
    );
}

#[test]
fn tangents_and_second_derivatives_are_confirmed_too() {
    let product =
        case("secant 1\nparam x [] = 1.5\nparam z [] = 0.5\na = sin(x)\ny = mul(a, z)\nreturn y\n");
    let ask = |spoil: Spoil| judge_case(&product, &mut [spoiled("spoiled", spoil)], 2, 1).remove(0);
    let right = ask(|_, _, _| {});
    assert_eq!(right, Outcome::Agree);
    let jvp = ask(|_, _, answer| {
        let all = answer.jvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= 1.5));
    });
    assert_eq!(jvp.class(), Some(Class::WrongJvp), "{jvp}");
    assert!(
        jvp.to_string()
            .contains("differences of its own values give"),
        "{jvp}"
    );
    let hvp = ask(|_, _, answer| {
        let all = answer.hvp.iter_mut().flatten();
        all.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= 1.5));
    });
    assert_eq!(hvp.class(), Some(Class::WrongHvp), "{hvp}");
    assert!(
        hvp.to_string()
            .contains("differences of its own gradients give"),
        "{hvp}"
    );
}

#[test]
fn nothing_stands_for_zeros_only() {
    let drop = |_: &Case, _: &Want, answer: &mut Evaluation| {
        let gradient: Named = answer.gradient.take().unwrap_or_default();
        answer.gradient = Some(
            gradient
                .into_iter()
                .filter(|(name, _)| name != "z")
                .collect(),
        );
    };
    let idle = case("secant 1\nparam x [] = 1.0\nparam z [2] = [1.0, 2.0]\ny = sin(x)\nreturn y\n");
    let found = outcome(&idle, drop);
    assert_eq!(found.class(), None, "{found}");
    let used = case("secant 1\nparam x [] = 1.0\nparam z [] = 2.0\ny = mul(x, z)\nreturn y\n");
    let found = outcome(&used, drop);
    assert_eq!(found.class(), Some(Class::MissingGradient), "{found}");
}

/// Adds each gradient to the one before.
struct Accumulating {
    tape: Builtin,
    total: Option<Named>,
}

impl Engine for Accumulating {
    fn name(&self) -> &str {
        "accumulating"
    }

    fn capabilities(&self) -> &Capabilities {
        self.tape.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let mut answer = self.tape.evaluate(case, want)?;
        if let Some(gradient) = &mut answer.gradient {
            for ((_, data), (_, before)) in gradient.iter_mut().zip(self.total.iter().flatten()) {
                data.iter_mut().zip(before).for_each(|(x, y)| *x += y);
            }
            self.total = Some(gradient.clone());
        }
        Ok(answer)
    }
}

#[test]
fn a_second_backward_pass_must_not_add_to_the_first() {
    let product = case("secant 1\nparam x [] = 1.5\nparam z [] = 2.0\ny = mul(x, z)\nreturn y\n");
    let engine = Accumulating {
        tape: Builtin::new(Way::Tape),
        total: None,
    };
    let found = judge_case(&product, &mut [Box::new(engine) as Box<dyn Engine>], 1, 1).remove(0);
    assert_eq!(found.class(), Some(Class::NotRepeatable), "{found}");
    assert!(
        found.to_string().contains("was added to the first"),
        "{found}"
    );
}

#[test]
fn a_wrong_shape_comes_before_wrong_numbers() {
    let square = case("secant 1\nparam x [2] = [1.0, 2.0]\ny = square(x)\nreturn y\n");
    let found = outcome(&square, |_, _, answer| {
        answer.value.as_mut().unwrap()[0].1[0] = 7.0;
        answer.shapes = vec![("x".into(), [2, 1].into())];
    });
    assert_eq!(found.class(), Some(Class::WrongShape), "{found}");
}

/// The directories below one.
fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_finding_has_a_directory_with_all_that_a_report_needs() {
    type Row = (
        &'static str,
        fn() -> Box<dyn Engine>,
        &'static [&'static str],
        &'static str,
    );
    macro_rules! broken {
        ($name:literal) => {
            || {
                spoiled($name, |case, _, answer| {
                    plant(case, answer, |_, node| node.op.name() == "exp")
                })
            }
        };
    }
    let table: &[Row] = &[
        (
            "pytorch",
            broken!("pytorch"),
            &["reproduce.py"],
            "pip install torch==",
        ),
        (
            "candle",
            broken!("candle"),
            &["Cargo.toml", "src/main.rs"],
            "candle-core = \"=",
        ),
        (
            "burn-flex",
            broken!("burn-flex"),
            &["Cargo.toml", "src/main.rs"],
            "burn-tensor = { version = \"=",
        ),
        (
            "dfdx",
            broken!("dfdx"),
            &["Cargo.toml", "src/main.rs"],
            "dfdx = \"=",
        ),
        (
            "mine",
            broken!("mine"),
            &[],
            "no exporter writes programs for mine",
        ),
    ];
    for (name, engine, files, words) in table {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("findings-{name}"));
        let _ = std::fs::remove_dir_all(&place);
        let summary = campaign(&["exp", "add"], 60, Some(place.clone()), *engine);
        let all = directories(&place);
        assert_eq!(all.len(), 1, "one fault is one directory: {all:?}");
        let finding = &summary.findings[0];
        assert_eq!(
            finding.report.as_deref(),
            Some(&*all[0].display().to_string())
        );
        let own = all[0].file_name().unwrap().to_string_lossy().into_owned();
        let start = format!("{}-exp-", name.replace('-', "_"));
        assert!(own.starts_with(&start), "{own}");
        let read = |file: &str| std::fs::read_to_string(all[0].join(file)).unwrap();
        let small = Case::from_text(&read("case.graph")).unwrap();
        assert_eq!(small.graph.operations(), 1);
        let report = read("report.md");
        for part in [
            "## Expected and observed",
            "## The smallest case",
            "## To file upstream",
            words,
            "any shape",
        ] {
            assert!(report.contains(part), "{part}: {report}");
        }
        for file in *files {
            assert!(report.contains(&read(file)[..40]), "{file}");
        }
        if let Some(program) = files.last() {
            assert!(read(program).contains("should be {expected}"));
        }
        assert_eq!(all[0].join("src").exists(), files.contains(&"src/main.rs"));
    }
}

/// Has values only: our tape's, times a number.
struct Forward(Builtin, f64);

impl Engine for Forward {
    fn name(&self) -> &str {
        "forward"
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        if want.gradient {
            return Err(EngineError::Unsupported("no backward".into()));
        }
        let mut answer = self.0.evaluate(case, want)?;
        let numbers = answer.value.iter_mut().flatten();
        numbers.for_each(|(_, data)| data.iter_mut().for_each(|x| *x *= self.1));
        Ok(answer)
    }
}

#[test]
fn values_are_judged_where_there_is_no_gradient() {
    let case = case("secant 1\nparam x [2] = [1.0, 2.0]\ny = exp(x)\nreturn y\n");
    let outcome = |factor| {
        let engine: Box<dyn Engine> = Box::new(Forward(Builtin::new(Way::Tape), factor));
        judge_case(&case, &mut [engine], 2, 1).remove(0)
    };
    // nobody knows of its gradients, so it does not agree
    assert_eq!(outcome(1.0), Outcome::Unsupported("no backward".into()));
    assert_eq!(outcome(1.5).class(), Some(Class::WrongValue));
}

/// Whether an adapter that chooses by names would choose one of two ways for a node.
fn chosen(case: &Case, node: &Node) -> bool {
    let mut ids = case.graph.ids();
    let id = ids.find(|id| std::ptr::eq(case.graph.node(*id), node));
    let name = case.graph.name(id.expect("a node of the case"));
    !name.starts_with(PLAIN) && name.bytes().map(usize::from).sum::<usize>() % 2 == 0
}

#[test]
fn what_an_adapter_chose_by_a_name_is_written_into_the_case_or_told() {
    type Row = (
        &'static str,
        fn() -> Box<dyn Engine>,
        &'static [&'static str],
        &'static str,
    );
    let table: &[Row] = &[
        (
            "view",
            || {
                spoiled("candle", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        let operand = node.args.first().map(|&arg| case.graph.node(arg));
                        let is_view = operand.is_some_and(|node| node.op.name() == "transpose");
                        let hidden = node.shape.rank() >= 2 && chosen(case, node);
                        node.op.name() == "exp" && (is_view || hidden)
                    });
                })
            },
            &["plain = transpose(", "plain1 = exp(plain)"],
            "To reproduce, `cargo run`",
        ),
        (
            "spelling",
            || {
                spoiled("candle", |case, _, answer| {
                    plant(case, answer, |case, node| {
                        node.op.name() == "exp" && chosen(case, node)
                    });
                })
            },
            &["= exp("],
            "There is no program to reproduce it: it shows in a spelling or a view",
        ),
    ];
    for (name, engine, lines, words) in table {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chosen-{name}"));
        let _ = std::fs::remove_dir_all(&place);
        let summary = campaign(&["exp", "add"], 60, Some(place.clone()), *engine);
        assert_eq!(summary.findings.len(), 1, "{name}: {:?}", summary.findings);
        assert_eq!(summary.findings[0].ops, ["exp"], "{name}");
        let own = &directories(&place)[0];
        let read = |file: &str| std::fs::read_to_string(own.join(file)).unwrap();
        for line in *lines {
            assert!(read("case.graph").contains(line), "{}", read("case.graph"));
        }
        assert!(read("report.md").contains(words), "{}", read("report.md"));
        assert_eq!(own.join("src").exists(), *name == "view");
    }
}
