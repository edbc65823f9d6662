//! An operation of one's own, with a derivative by hand, in random programs:
//! `cargo run --release --features fuzz --example proptest_custom`.
//!
//! The right rule passes; the wrong one is found, shrunk by proptest, and made smaller still.

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use secant::Case;
use secant::engine::{Builtin, Engine, Way};
use secant::fuzz::{Scope, cases, judge_case, minimise};
use secant::op::{Builder, CustomOp, Id, Row, Shares, Site};
use std::sync::Arc;

/// x sin(x).
struct XSin {
    /// Forgets the second term of sin(x) + x cos(x).
    forgetful: bool,
}

impl CustomOp for XSin {
    fn name(&self) -> &str {
        "x_sin"
    }

    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
        b.mul(args[0], b.pointwise(Row::Sin, args))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let sin = b.pointwise(Row::Sin, at.args);
        let cos = b.pointwise(Row::Cos, at.args);
        let slope = match self.forgetful {
            true => sin,
            false => b.add(sin, b.mul(at.args[0], cos)),
        };
        Shares::from_elem((0, b.mul(ct, slope)), 1)
    }
}

fn is_right(case: &Case) -> Result<(), String> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Builtin::new(Way::Tape))];
    let outcome = &judge_case(case, &mut engines, 1, 1)[0];
    if outcome.is_finding() {
        Err(outcome.to_string())
    } else {
        Ok(())
    }
}

fn try_rule(forgetful: bool) -> Result<(), Box<TestError<Case>>> {
    // among a few operations, so that every other program has ours
    let scope = Scope {
        customs: vec![Arc::new(XSin { forgetful })],
        max_nodes: 8,
        ..Scope::only(["add", "mul", "sum", "tanh", "exp", "matmul"]).expect("names of operations")
    };
    let config = Config {
        cases: 500,
        failure_persistence: None,
        ..Config::default()
    };
    let found = TestRunner::new(config).run(&cases(scope), |case| {
        is_right(&case).map_err(TestCaseError::fail)
    });
    found.map_err(Box::new)
}

fn main() {
    assert!(try_rule(false).is_ok(), "sin(x) + x cos(x) is right");
    println!("x_sin, sin(x) + x cos(x): right in 500 programs");
    let wrong = try_rule(true).expect_err("sin(x) alone is wrong, and must be found");
    let TestError::Fail(reason, shrunk) = *wrong else {
        panic!("{wrong}");
    };
    println!("x_sin, sin(x): {}", reason.message());
    println!("shrunk by proptest:\n{}", shrunk.to_text());
    let small = minimise(&shrunk, |case| is_right(case).is_err());
    println!("minimised:\n{}", small.to_text());
    assert_eq!(small.graph.operations(), 1);
}
