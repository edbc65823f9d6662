//! What must hold between the modes, on random programs, in double-double arithmetic: forward mode is the transpose of
//! reverse mode, Hessians are symmetric, and every way to a Hessian-vector product gives the same.
#![cfg(feature = "fuzz")]

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use secant::engine::{Builtin, Engine, Way};
use secant::fuzz::{Scope, cases, judge_case};
use secant::modes::{Error, evaluate, linearized, push_forward, reverse};
use secant::op::splitmix64;
use secant::{Case, Dd, Dual, Number, Real, Tensor};

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/modes.txt");
    ProptestConfig {
        cases: 2000,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

/// A case's parameters and cotangents with twice the digits, and two directions.
struct Point {
    params: Vec<Tensor<Dd>>,
    cotangents: Vec<Tensor<Dd>>,
    directions: [Vec<Tensor<Dd>>; 2],
}

impl Point {
    fn of(case: &Case) -> Self {
        let wide = |x: &Tensor<f64>| x.map(Dd::from);
        let params: Vec<Tensor<Dd>> = case.params.values().map(wide).collect();
        let direction = |salt: u64| {
            let entry = |p: usize, k: usize| {
                let word = splitmix64(salt ^ (p as u64) << 32 ^ k as u64);
                Dd::from((word >> 11) as f64 / 2f64.powi(52) - 1.0)
            };
            let tensors = params.iter().enumerate();
            tensors
                .map(|(p, x)| Tensor::from_fn(x.shape(), |k| entry(p, k)))
                .collect()
        };
        Self {
            cotangents: case.cotangents.iter().map(wide).collect(),
            directions: [direction(1), direction(2)],
            params,
        }
    }
}

/// The inner product of two lists of tensors, and the sum of its terms' sizes.
fn inner(a: &[Tensor<Dd>], b: &[Tensor<Dd>]) -> (Dd, f64) {
    let terms = a.iter().zip(b).flat_map(|(a, b)| {
        let products = a.zip(b, |a, b| a.strong_mul(b));
        products.to_vec()
    });
    let terms: Vec<Dd> = terms.collect();
    (
        Dd::sum(&terms),
        terms.iter().map(|x| x.abs().to_f64()).sum(),
    )
}

/// Two inner products are the same to this part of their terms. Not a number is nothing's equal.
fn same(a: (Dd, f64), b: (Dd, f64), part: f64) -> bool {
    (a.0 - b.0).to_f64().abs() <= part * (1.0 + a.1 + b.1)
}

/// Where everything is computed with all the digits.
const WIDE: f64 = 1e-18;

/// Where a program was recorded, whose constants are numbers of binary64.
const RECORDED: f64 = 1e-12;

/// The Hessian of `<cotangents, outputs>` between two directions, either way round: by the sweep on dual numbers, by dual numbers
/// alone, and by recording the sweep and sweeping again.
fn products(case: &Case, at: &Point) -> Result<[(Dd, f64); 5], Error> {
    let [u, w] = &at.directions;
    let by_duals = |d| reverse::hvp(&case.graph, &at.params, &at.cotangents, d);
    let recorded = |d: &[Tensor<Dd>]| {
        let given = [&at.params[..], &at.cotangents, d].concat();
        evaluate(&reverse::hvp_program(&case.graph), &given)
    };
    let moving =
        |x: &Tensor<Dd>, d: &Tensor<Dd>| x.zip(d, |value, tangent| Dual { value, tangent });
    let params: Vec<Tensor<Dual<Dd>>> =
        at.params.iter().zip(u).map(|(x, u)| moving(x, u)).collect();
    let direction: Vec<Tensor<Dual<Dd>>> = w.iter().map(|w| w.map(Dual::constant)).collect();
    let (_, tangents) = push_forward(&case.graph, &params, &direction)?;
    let second: Vec<Tensor<Dd>> = tangents.iter().map(|t| t.map(|t| t.tangent)).collect();
    Ok([
        inner(u, &by_duals(w)?),
        inner(w, &by_duals(u)?),
        inner(&at.cotangents, &second),
        inner(u, &recorded(w)?),
        inner(w, &recorded(u)?),
    ])
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn forward_mode_is_the_transpose_of_reverse_mode(case in cases(Scope::default())) {
        let at = Point::of(&case);
        let (_, gradient) = reverse::gradient(&case.graph, &at.params, &at.cotangents)?;
        let direction = &at.directions[0];
        let pulled = inner(&gradient, direction);
        let (_, by_duals) = push_forward(&case.graph, &at.params, direction)?;
        let by_rules = linearized(&case.graph, &at.params, direction)?;
        // a rule that must be transposed is recorded first
        for (pushed, part) in [(by_duals, WIDE), (by_rules, RECORDED)] {
            let pushed = inner(&at.cotangents, &pushed);
            prop_assert!(same(pulled, pushed, part), "{pulled:?}, {pushed:?}\n{}", case.to_text());
        }
    }

    #[test]
    fn hessians_are_symmetric_however_they_are_computed(case in cases(Scope::default())) {
        let found = products(&case, &Point::of(&case))?;
        // a point where only the second derivative is infinite
        prop_assume!(found.iter().all(|(product, _)| product.to_f64().is_finite()));
        for (other, part) in found.into_iter().zip([WIDE, WIDE, WIDE, RECORDED, RECORDED]) {
            prop_assert!(same(found[0], other, part), "{found:?}\n{}", case.to_text());
        }
    }

    #[test]
    fn hessian_products_are_differences_of_gradients(case in cases(Scope::default())) {
        let engine = |way| -> Box<dyn Engine> { Box::new(Builtin::new(way)) };
        let mut engines: Vec<Box<dyn Engine>> = Way::ALL.into_iter().map(engine).collect();
        let outcomes = judge_case(&case, &mut engines, 2, 7);
        for (engine, outcome) in engines.iter().zip(outcomes) {
            prop_assert!(!outcome.is_finding(), "{}: {outcome}\n{}", engine.name(), case.to_text());
        }
    }
}
