//! Runs against engines that are wrong on purpose.
#![cfg(feature = "fuzz")]

use secant::check::Class;
use secant::engine::{Builtin, Capabilities, Engine, EngineError, Evaluation, Want, Way};
use secant::fuzz::{CampaignError, Factory, Outcome, Progress, Settings, Standing, Summary};
use secant::fuzz::{judge_case, resume, run};
use secant::op::Id;
use secant::{Case, Graph, Params, Tensor};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Our tape, but whose gradients are wrong where some operation is live.
struct Broken {
    op: &'static str,
    tape: Builtin,
}

impl Engine for Broken {
    fn name(&self) -> &str {
        "broken"
    }

    fn capabilities(&self) -> &Capabilities {
        self.tape.capabilities()
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        let mut answer = self.tape.evaluate(case, want)?;
        let live = case.graph.live();
        let mut nodes = case.graph.nodes().iter().zip(live);
        if nodes.any(|(node, live)| live && node.op.name() == self.op) {
            for (_, data) in answer.gradient.iter_mut().flatten() {
                data.iter_mut().for_each(|x| *x *= 1.5);
            }
        }
        Ok(answer)
    }
}

fn broken(op: &'static str) -> Factory {
    Box::new(move || {
        let tape = Builtin::new(Way::Tape);
        Ok(Box::new(Broken { op, tape }))
    })
}

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    path
}

fn without_time(mut summary: Summary) -> Summary {
    (summary.seconds, summary.cases_per_second) = (0.0, 0.0);
    summary
}

#[test]
fn a_broken_rule_is_found_and_shrunk_and_saved() {
    let save = directory("broken-rule");
    let settings = Settings {
        cases: Some(3000),
        save: Some(save.clone()),
        ..Settings::default()
    };
    for op in ["cumsum", "matmul", "softplus"] {
        let summary = run(&settings, &[broken(op)], &|_| true).unwrap();
        let own: Vec<_> = summary.findings.iter().filter(|f| f.ops == [op]).collect();
        assert!((1..=3).contains(&own.len()), "{:?}", summary.findings);
        assert!(summary.disagreements() >= own.len() as u64);
        for finding in own {
            assert_eq!((finding.class, finding.nodes), (Class::WrongGradient, 1));
            let file = finding.file.as_ref().unwrap();
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text.contains(&finding.message), "{text}");
            let name = Path::new(file).file_name().unwrap().to_string_lossy();
            assert!(name.starts_with(&format!("broken-{op}-")), "{name}");
            // the file is the finding
            let case = Case::from_text(&text).unwrap();
            assert!(case.graph.nodes().len() <= 3, "{text}");
            let mut engines = [broken(op)().unwrap()];
            let outcome = &judge_case(&case, &mut engines, 1, 1)[0];
            assert_eq!(outcome.class(), Some(Class::WrongGradient), "{outcome}");
        }
    }
}

#[test]
fn findings_do_not_depend_on_who_finds_them() {
    // also where a program has several points, and the last one fewer
    for points in [1, 7] {
        let found = |shard, jobs| {
            let settings = Settings {
                cases: Some(1500),
                points,
                shard,
                jobs,
                ..Settings::default()
            };
            let engines = [broken("tanh"), broken("add")];
            without_time(run(&settings, &engines, &|_| true).unwrap())
        };
        let whole = found((0, 1), 1);
        assert_eq!(whole.cases, 1500);
        assert!(!whole.findings.is_empty());
        assert_eq!(found((0, 1), 2), whole);
        let mut merged = found((0, 3), 2);
        merged.merge(found((2, 3), 1));
        merged.merge(found((1, 3), 2));
        assert_eq!(without_time(merged), whole);
    }
}

#[test]
fn a_run_goes_on_from_wherever_it_stood() {
    let settings = Settings {
        cases: Some(600),
        jobs: 2,
        ..Settings::default()
    };
    // two engines of one name have tallies of their own
    let engines = [broken("tanh"), broken("add")];
    let mut kept = Vec::new();
    let mut keep = |standing: &Standing| kept.push(standing.clone());
    let whole = resume(&settings, &engines, Standing::default(), &mut keep, &|_| {
        true
    });
    let whole = without_time(whole.unwrap());
    assert_eq!(whole.engines.len(), 2);
    assert!(whole.engines.iter().all(|tally| tally.disagree > 0));
    assert!(kept.len() > 3, "{}", kept.len());
    let last = kept.last().unwrap();
    assert_eq!((&last.done[..], last.summary.cases), (&[(0, 600)][..], 600));
    let step = kept.len().div_ceil(4);
    for standing in kept.iter().step_by(step).chain(kept.last()) {
        let resumed = resume(&settings, &engines, standing.clone(), &mut |_| (), &|_| {
            true
        });
        assert_eq!(without_time(resumed.unwrap()), whole);
    }
    let shorter = Settings {
        cases: Some(500),
        ..settings
    };
    let error = resume(&shorter, &engines, last.clone(), &mut |_| (), &|_| true).unwrap_err();
    assert!(error.to_string().contains("should be 500 only"), "{error}");
}

#[test]
fn a_case_that_was_cut_short_is_judged_again() {
    let settings = Settings {
        cases: Some(200),
        jobs: 1,
        ..Settings::default()
    };
    let engines = [broken("add")];
    let whole = without_time(run(&settings, &engines, &|_| true).unwrap());
    let mut kept = Standing::default();
    // told to stop at the first wrong answer, which is counted before it is made small
    let watch = |progress: &Progress| progress.disagreements == 0;
    let mut keep = |standing: &Standing| kept = standing.clone();
    let so_far = resume(&settings, &engines, Standing::default(), &mut keep, &watch);
    assert!(so_far.unwrap().cases >= kept.summary.cases);
    let resumed = resume(&settings, &engines, kept, &mut |_| (), &|_| true);
    assert_eq!(without_time(resumed.unwrap()), whole);
}

#[test]
fn what_cannot_work_is_told_before_the_start() {
    let never = |_: &_| panic!("the run started");
    let directory = directory("no-directory");
    std::fs::write(&directory, "a file").unwrap();
    let settings = Settings {
        save: Some(directory.join("below")),
        ..Settings::default()
    };
    let error = run(&settings, &[broken("add")], &never).unwrap_err();
    assert!(matches!(error, CampaignError::Save { .. }), "{error}");
    let settings = Settings {
        shard: (3, 3),
        ..Settings::default()
    };
    let error = run(&settings, &[broken("add")], &never).unwrap_err();
    let expected = "shard 3/3: the parts are 0 to one below their number";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_engine_that_does_not_start_ends_the_run() {
    let missing: Factory = Box::new(|| Err(EngineError::Failed("no such file".into())));
    let error = run(&Settings::default(), &[broken("add"), missing], &|_| true).unwrap_err();
    let expected = "engine 2 could not be started: failed: no such file";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_run_stops_when_it_is_told_to() {
    let settings = Settings {
        cases: None,
        ..Settings::default()
    };
    let summary = run(&settings, &[broken("none")], &|progress| progress.cases < 5).unwrap();
    assert!(summary.cases >= 5);
    let settings = Settings {
        seconds: Some(0.2),
        ..settings
    };
    let summary = run(&settings, &[broken("none")], &|_| true).unwrap();
    assert!(summary.seconds >= 0.2 && summary.cases > 0, "{summary:?}");
}

/// A slow engine of somebody else's, all of whose gradients are wrong; it counts how often it is asked.
struct Slow(Builtin, Arc<AtomicU64>);

impl Engine for Slow {
    fn name(&self) -> &str {
        "slow"
    }
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }
    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(100));
        let mut answer = self.0.evaluate(case, want)?;
        for (_, gradient) in answer.gradient.iter_mut().flatten() {
            gradient.iter_mut().for_each(|x| *x = 2.0 * *x + 1.0);
        }
        Ok(answer)
    }
}

#[test]
fn a_slow_engine_s_finding_does_not_hold_up_the_end() {
    let asked = Arc::new(AtomicU64::new(0));
    let slow: Factory = Box::new({
        let asked = asked.clone();
        move || {
            let tape = Builtin::new(Way::Tape);
            Ok(Box::new(Slow(tape, asked.clone())))
        }
    });
    let settings = Settings {
        cases: None,
        seconds: Some(0.1),
        jobs: 1,
        ..Settings::default()
    };
    let summary = run(&settings, &[slow], &|_| true).unwrap();
    // fifty in the time that is left, and what it has become is looked at once more
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked < 200, "{asked}");
    let finding = &summary.findings[0];
    let message = &finding.message;
    assert!(message.contains("the run ended before"), "{message}");
    assert_eq!((finding.class, finding.count), (Class::WrongGradient, 1));
}

/// A chain of operations, of which one is at fault, in matrices with crooked numbers.
fn crooked() -> Case {
    use secant::op::{MatMul, Op, Row};
    let mut graph = Graph::new();
    let mut params = Params::new();
    for name in ["a", "b"] {
        let value = Tensor::from_fn([3, 3], |k| (k as f64 + 0.1).sin() * 1.7);
        graph.param(name, value.shape().clone()).unwrap();
        params.insert(name, value);
    }
    let push = |graph: &mut Graph, op: Op, args: &[Id]| graph.push("", op, args).unwrap();
    let (a, b) = (Id(0), Id(1));
    let x = push(&mut graph, Op::from(MatMul {}), &[a, b]);
    let y = push(&mut graph, Op::pointwise(Row::Tanh), &[x]);
    let z = push(&mut graph, Op::pointwise(Row::Mul), &[y, b]);
    let w = push(&mut graph, Op::pointwise(Row::Exp), &[z]);
    graph.output(w);
    graph.output(x);
    Case::new(graph, params).unwrap()
}

#[test]
fn minimising_leaves_what_the_property_needs() {
    use secant::fuzz::{minimise, minimise_within};
    let case = crooked();
    let count = |case: &Case, name: &str| case.graph.histogram().get(name).copied().unwrap_or(0);

    let small = minimise(&case, |case| count(case, "tanh") > 0);
    assert_eq!(small.graph.nodes().len(), 2, "{}", small.to_text());
    assert_eq!(small.graph.node(Id(0)).shape.rank(), 0);

    let small = minimise(&case, |case| {
        count(case, "tanh") > 0 && count(case, "exp") > 0
    });
    assert_eq!(small.graph.nodes().len(), 3, "{}", small.to_text());

    // sizes shrink together where they must
    let small = minimise(&case, |case| {
        let wide = case.params.values().any(|x| x.shape().get(1) >= Some(&2));
        count(case, "matmul") > 0 && wide
    });
    assert!(small.params.count() <= 4, "{}", small.to_text());

    // numbers lose the digits that do not matter
    let small = minimise(&case, |case| {
        case.params.to_vector().iter().any(|x| *x > 1.5)
    });
    assert_eq!(small.params.to_vector(), [2.0]);

    // a property that does not hold, and no questions left
    assert_eq!(minimise(&case, |_| false), case);
    assert_eq!(minimise_within(&case, 0, |_| true), case);
    let mut asked = 0;
    minimise_within(&case, 10, |_| {
        asked += 1;
        true
    });
    assert!(asked <= 10);
}

#[test]
fn what_is_unsupported_is_no_finding() {
    let mut capabilities = Builtin::new(Way::Tape).capabilities().clone();
    capabilities.ops = Some(["add".to_string()].into());
    struct Small(Capabilities);
    impl Engine for Small {
        fn name(&self) -> &str {
            "small"
        }
        fn capabilities(&self) -> &Capabilities {
            &self.0
        }
        fn evaluate(&mut self, _: &Case, _: &Want) -> Result<Evaluation, EngineError> {
            panic!("it has only add")
        }
    }
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Small(capabilities))];
    let outcomes = judge_case(&crooked(), &mut engines, 1, 1);
    assert_eq!(outcomes, [Outcome::Unsupported("matmul".into())]);
}

#[test]
fn each_engine_has_its_share_of_programs_that_it_can_take() {
    struct Few(Builtin, Capabilities);
    impl Engine for Few {
        fn name(&self) -> &str {
            "few"
        }
        fn capabilities(&self) -> &Capabilities {
            &self.1
        }
        fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
            self.0.evaluate(case, want)
        }
    }
    let few = |names: &'static [&'static str]| -> Factory {
        Box::new(move || {
            let tape = Builtin::new(Way::Tape);
            let mut capabilities = tape.capabilities().clone();
            capabilities.ops = Some(names.iter().map(|name| (*name).to_string()).collect());
            Ok(Box::new(Few(tape, capabilities)))
        })
    };
    let tape: Factory = Box::new(|| Ok(Box::new(Builtin::new(Way::Tape))));
    let settings = Settings {
        cases: Some(600),
        ..Settings::default()
    };
    let engines = [few(&["add", "exp"]), few(&["softmax"]), tape];
    let summary = run(&settings, &engines, &|_| true).unwrap();
    for (tally, least) in summary.engines.iter().zip([150, 150, 600]) {
        let taken = summary.cases - tally.unsupported;
        assert!(taken >= least, "{taken} of {}", summary.cases);
    }
    // who has nothing of what is asked for has nothing to do
    let only = Settings {
        scope: secant::fuzz::Scope::only(["exp"]).unwrap(),
        ..settings
    };
    let summary = run(&only, &[few(&["softmax"])], &|_| true).unwrap();
    let tally = &summary.engines[0];
    assert!(tally.unsupported > 500 && tally.disagree == 0, "{tally:?}");
}
