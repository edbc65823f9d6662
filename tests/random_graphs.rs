//! Properties of random programs: our engines agree with the oracle on them, and they can be made smaller.
#![cfg(feature = "fuzz")]

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use secant::Real;
use secant::check::{Wide, bounds};
use secant::engine::{Builtin, Engine, Way};
use secant::fuzz::{
    Factory, Recipe, Scope, Settings, Summary, cases, direction, judge_case, minimise_within,
    recipes, run,
};
use secant::modes;
use secant::number::Dd;
use secant::op::Id;
use secant::oracle::Slope;
use secant::{Case, Tensor};

fn engines() -> Vec<Box<dyn Engine>> {
    let engine = |way| -> Box<dyn Engine> { Box::new(Builtin::new(way)) };
    Way::ALL.into_iter().map(engine).collect()
}

fn factories() -> Vec<Factory> {
    let factory = |way| -> Factory { Box::new(move || Ok(Box::new(Builtin::new(way)))) };
    Way::ALL.into_iter().map(factory).collect()
}

#[track_caller]
fn check_runs(case: &Case) {
    let params: Vec<Tensor<f64>> = case.params.values().cloned().collect();
    let values = modes::run(&case.graph, &params).unwrap();
    for (id, value) in case.graph.ids().zip(values) {
        assert_eq!(*value.shape(), case.graph.node(id).shape);
        let finite = value.iter().all(f64::is_finite);
        assert!(finite, "{} in\n{}", case.graph.describe(id), case.to_text());
    }
}

/// Cases that failed once are tried first. An integration test has no `lib.rs` beside it, so the file is named.
fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/random_graphs.txt");
    ProptestConfig {
        cases: 300,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn our_engines_agree_with_the_oracle(case in cases(Scope::default())) {
        for (engine, outcome) in engines().iter().zip(judge_case(&case, &mut engines(), 1, 7)) {
            prop_assert!(!outcome.is_finding(), "{}: {outcome}\n{}", engine.name(), case.to_text());
        }
    }

    /// Moving one parameter and computing what changes is computing everything, bit for bit.
    #[test]
    fn what_changes_is_what_a_whole_run_has(case in cases(Scope::default()), which in any::<prop::sample::Index>()) {
        let graph = &case.graph;
        let mut params: Vec<Tensor<Dd>> = case.params.values().map(|x| x.map(Dd::from)).collect();
        prop_assume!(!params.is_empty());
        let base = modes::run(graph, &params).unwrap();
        let which = which.index(params.len());
        let id = graph.params().nth(which).unwrap();
        params[which] = params[which].map(|x| x * 1.000_001);
        let moved = [(id, params[which].clone())];
        let cone = modes::cone(graph, &[id]);
        let Ok(changed) = modes::rerun(graph, &base, moved, &cone) else { return Ok(()) };
        let whole = modes::run(graph, &params).unwrap();
        // behind a node that stands still values differ on purpose
        let stands = |id: &Id| {
            let node = graph.node(*id);
            !node.args.is_empty() && (0..node.args.len()).all(|i| !node.op.carries(i))
        };
        if graph.ids().any(|id| stands(&id)) {
            return Ok(());
        }
        for &output in graph.outputs() {
            let found = changed[output.index()].as_ref().unwrap_or(&base[output.index()]);
            let bits = |x: &Tensor<Dd>| x.iter().map(|x| (x.hi().to_bits(), x.lo().to_bits())).collect::<Vec<_>>();
            prop_assert_eq!(bits(found), bits(&whole[output.index()]), "{}", case.to_text());
        }
    }

    /// A first look at a slope, if it is enough, is off by no more than it says.
    #[test]
    fn a_glance_is_right_where_it_is_enough(case in cases(Scope::default()), seed in any::<u64>()) {
        let bounds = bounds(&case).unwrap();
        let wide = Wide::new(&case, &bounds).unwrap();
        let direction: Vec<f64> = direction(&case, seed).to_vector();
        let along = || direction.iter().copied().enumerate();
        let enough = 1e-15 * wide.size;
        let (glance, truth) = (wide.slope(along(), enough), wide.slope(along(), 0.0));
        if let (Slope::Smooth(glance), Slope::Smooth(truth)) = (glance, truth) {
            let limit = glance.error + truth.error;
            prop_assert!((glance.value - truth.value).to_f64().abs() <= limit, "{glance:?} {truth:?}\n{}", case.to_text());
        }
    }

    #[test]
    fn any_words_decode(words in prop::collection::vec(any::<u32>(), 0..300)) {
        check_runs(&Recipe { words }.decode(&Scope::default()));
    }

    #[test]
    fn a_recipe_always_decodes_to_the_same_case(recipe in recipes(&Scope::default())) {
        let scope = Scope::default();
        let case = recipe.decode(&scope);
        check_runs(&case);
        prop_assert_eq!(&case, &recipe.decode(&scope));
        prop_assert_eq!(&case, &Case::from_text(&case.to_text()).unwrap());
    }

    #[test]
    fn minimising_keeps_the_property_and_ends(case in cases(Scope::default()), word in any::<u32>()) {
        let names: Vec<String> = case.graph.histogram().into_keys().collect();
        prop_assume!(!names.is_empty());
        let name = &names[word as usize % names.len()];
        let mut asked = 0;
        let small = minimise_within(&case, 5000, |case| {
            asked += 1;
            case.graph.histogram().contains_key(name)
        });
        prop_assert!(asked < 5000, "{asked} questions");
        prop_assert!(small.graph.histogram().contains_key(name));
        prop_assert_eq!(small.graph.operations(), 1, "{}", small.to_text());
    }
}

/// A case of the words that proptest shrinks to, nothing but zeros, is as simple as a program can be.
#[test]
fn zeros_are_the_simplest_program() {
    let case = Recipe { words: vec![0; 32] }.decode(&Scope::default());
    assert_eq!(case.graph.operations(), 1, "{}", case.to_text());
    assert_eq!(case.graph.outputs().len(), 1);
}

#[track_caller]
fn summary(shard: (u64, u64), jobs: usize) -> Summary {
    let settings = Settings {
        cases: Some(300),
        seed: 5,
        shard,
        jobs,
        order: 2,
        ..Settings::default()
    };
    let mut summary = run(&settings, &factories(), &|_| true).unwrap();
    (summary.seconds, summary.cases_per_second) = (0.0, 0.0);
    summary
}

#[test]
fn a_run_is_the_same_however_it_is_divided() {
    let whole = summary((0, 1), 1);
    assert_eq!(whole.cases, 300);
    assert_eq!(summary((0, 1), 2), whole);
    let mut merged = summary((1, 2), 2);
    merged.merge(summary((0, 2), 1));
    (merged.seconds, merged.cases_per_second) = (0.0, 0.0);
    assert_eq!(merged, whole);
}

/// The checker must not grow toothless: of 2000 cases at most one in fifty may be left undecided.
#[test]
fn few_cases_are_undecided() {
    let settings = Settings {
        cases: Some(2000),
        seed: 11,
        ..Settings::default()
    };
    let summary = run(&settings, &factories(), &|_| true).unwrap();
    for tally in &summary.engines {
        assert_eq!(
            (tally.disagree, tally.failed),
            (0, 0),
            "{:?}",
            summary.findings
        );
        assert!(tally.undecided <= 40, "{tally:?}");
    }
}
