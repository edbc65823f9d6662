//! The tape as its users see it: gradients of any order, errors that name what is wrong, and sizes.

use secant::op::{Builder, CustomOp, Id, Row, Shares, Site};
use secant::{
    Error, Number, Tape, Tensor, Var, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp,
};
use std::sync::Arc;

#[track_caller]
fn close(found: &Tensor<f64>, expected: impl Into<Tensor<f64>>) {
    approx::assert_relative_eq!(
        *found,
        expected.into(),
        max_relative = 1e-13,
        epsilon = 1e-14
    );
}

#[test]
fn operators_take_numbers_on_either_side() {
    let tape = Tape::new();
    let x = tape.var([1.0, 2.0]);
    let y = 1.0 - (2.0 * x + x * 3.0) / 4.0 + 8.0 / x - (-x);
    close(&y.value(), [1.0 - 1.25 + 8.0 + 1.0, 1.0 - 2.5 + 4.0 + 2.0]);
    close(
        &y.sum(None, false).grad(&[x]).unwrap()[0],
        [-1.25 - 8.0 + 1.0, -1.25 - 2.0 + 1.0],
    );
}

#[test]
fn a_number_may_stand_for_a_variable() {
    let tape = Tape::<f64>::new();
    let x = tape.var([3.0, -1.0]);
    close(&x.max(0.5).value(), [3.0, 0.5]);
    close(
        &x.pow(2.0).sum(None, false).grad(&[x]).unwrap()[0].clone(),
        [6.0, -2.0],
    );
    close(&x.gt(0.0).where_(x, 2.0 * x).value(), [3.0, -2.0]);
}

#[test]
fn a_generic_function_runs_on_tensors() {
    fn f<N: Number>(x: N) -> N {
        x.sin() * N::of(2.0) + x.powi(3)
    }
    let g = grad(|v| f(v[0]).sum(None, false), &[Tensor::from([0.5, 1.0])]).unwrap();
    close(&g[0], [2.0 * 0.5f64.cos() + 0.75, 2.0 * 1f64.cos() + 3.0]);
}

#[test]
fn a_variable_used_many_times_accumulates() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let y = x * x + x * x * x + x;
    close(&y.grad(&[x]).unwrap()[0], 4.0 + 12.0 + 1.0);
}

#[test]
fn gradients_have_the_shapes_of_their_parameters() {
    let (a, b) = (
        Tensor::from([[1.0], [2.0]]),
        Tensor::from([10.0, 20.0, 30.0]),
    );
    let g = grad(|v| (v[0] * v[1]).sum(None, false), &[a, b]).unwrap();
    close(&g[0], [[60.0], [60.0]]);
    close(&g[1], [3.0, 3.0, 3.0]);
}

#[test]
fn every_kind_of_derivative() {
    let x = Tensor::from([1.0, 2.0]);
    let d = Tensor::from([0.5, -1.0]);
    // f = (x0 x1)^2
    fn cubic<'t>(v: &[Var<'t, f64>]) -> Var<'t, f64> {
        (v[0] * v[0]).prod(None, false)
    }
    let (value, gradient) = value_and_grad(cubic, std::slice::from_ref(&x)).unwrap();
    assert_eq!(value, 4.0);
    close(&gradient[0], [8.0, 4.0]);
    close(
        &hvp(cubic, std::slice::from_ref(&x), std::slice::from_ref(&d)).unwrap()[0],
        [8.0 * 0.5 - 8.0, 8.0 * 0.5 - 2.0],
    );
    close(
        &hessian(|v| cubic(&[v]), &x).unwrap(),
        [[8.0, 8.0], [8.0, 2.0]],
    );
    let (y, dy) = jvp(
        |v| v[0].sin(),
        std::slice::from_ref(&x),
        std::slice::from_ref(&d),
    )
    .unwrap();
    close(&y, [1f64.sin(), 2f64.sin()]);
    close(&dy, [0.5 * 1f64.cos(), -(2f64.cos())]);
    let (_, g) = vjp(|v| v[0].sin(), std::slice::from_ref(&x), &d).unwrap();
    close(&g[0], [0.5 * 1f64.cos(), -(2f64.cos())]);
    let tall = jacobian(
        |v| v[0].reshape(vec![2, 1]) * v[1],
        &[x.clone(), Tensor::from([1.0, 2.0, 3.0])],
    )
    .unwrap();
    assert_eq!(tall[0].shape().to_vec(), [2, 3, 2]);
    assert_eq!(tall[1].shape().to_vec(), [2, 3, 3]);
    assert_eq!(tall[0].at(&[1, 2, 1]), 3.0);
    assert_eq!(tall[1].at(&[1, 2, 2]), 2.0);
    assert_eq!(tall[0].at(&[0, 2, 1]), 0.0);
    let wide = jacobian(|v| v[0].sum(None, false), &[Tensor::from([1.0, 2.0, 3.0])]).unwrap();
    close(&wide[0], [1.0, 1.0, 1.0]);
}

#[test]
fn third_derivatives_by_recording() {
    let tape = Tape::new();
    let x = tape.var(0.7);
    let mut y = x.sin();
    for _ in 0..2 {
        y = y.grad_recorded(&[x]).unwrap()[0];
    }
    close(&y.grad(&[x]).unwrap()[0], -(0.7f64.cos()));
}

#[test]
fn a_masked_pole_has_no_gradient() {
    let tape = Tape::<f64>::new();
    let x = tape.var([0.0, 4.0, -1.0]);
    let y = x.gt(0.0).where_(x.log(), 0.0) + x.gt(0.0).where_(x.sqrt(), 0.0);
    close(&y.sum(None, false).grad(&[x]).unwrap()[0], [0.0, 0.5, 0.0]);
}

#[test]
fn shapes_that_do_not_fit_are_an_error_not_a_panic() {
    let tape = Tape::<f64>::new();
    let x = tape.named("x", [1.0, 2.0]);
    let w = tape.named("w", [1.0, 2.0, 3.0]);
    let y = (x + w).sin().sum(None, false);
    let message = y.grad(&[x]).unwrap_err().to_string();
    assert!(
        message.contains("add(x [2], w [3])") && message.contains("do not broadcast"),
        "{message}"
    );
    assert!(y.value().item().is_nan());
    assert!(tape.error().is_some());
}

#[test]
fn a_gradient_that_cannot_flow_names_what_cut_it() {
    let tape = Tape::new();
    let x = tape.named("x", [1.0, 2.0]);
    let z = tape.named("z", [1.0, 2.0]);
    let y = (x.stop_gradient() * 2.0 + z).sum(None, false);
    match y.grad(&[z, x]).unwrap_err() {
        Error::Disconnected {
            param,
            by: Some(by),
        } => {
            assert_eq!(param, "x");
            assert!(by.contains("stop_gradient(x [2])"), "{by}");
        }
        other => panic!("{other}"),
    }
    let alone = tape.named("alone", 1.0);
    assert_eq!(
        y.grad(&[alone]).unwrap_err(),
        Error::Disconnected {
            param: "alone".into(),
            by: None
        }
    );
}

#[test]
fn what_a_gradient_needs() {
    let tape = Tape::new();
    let x = tape.var([1.0, 2.0]);
    assert!(
        x.sin()
            .grad(&[x])
            .unwrap_err()
            .to_string()
            .contains("found shape [2]")
    );
    let cotangent = Tensor::from([1.0, 2.0, 3.0]);
    assert!(
        x.sin()
            .vjp(&cotangent, &[x])
            .unwrap_err()
            .to_string()
            .contains("expected shape [2], found [3]")
    );
    let other = Tape::new();
    let stranger = other.var(1.0);
    assert!(
        (x * stranger)
            .sum(None, false)
            .grad(&[x])
            .unwrap_err()
            .to_string()
            .contains("another tape")
    );
}

#[test]
fn an_index_out_of_range_is_an_error() {
    let tape = Tape::new();
    let x = tape.named("x", [1.0, 2.0, 3.0]);
    let taken = x.take(tape.index(&[0, 3]), 0).sum(None, false);
    let message = taken.grad(&[x]).unwrap_err().to_string();
    assert!(
        message.contains('3') && message.contains("out of range"),
        "{message}"
    );
}

#[test]
fn a_tape_is_cleared_and_used_again() {
    let mut tape = Tape::new();
    for round in 1..4 {
        tape.clear();
        let x = tape.var(f64::from(round));
        assert_eq!(
            (x * x).grad(&[x]).unwrap()[0].item(),
            2.0 * f64::from(round)
        );
    }
    assert_eq!(tape.len(), 2);
}

#[test]
fn a_chain_of_a_million_operations() {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let mut y = x;
    for _ in 0..500_000 {
        y = y.sin() + 0.1;
    }
    assert!(tape.len() >= 1_000_000);
    let g: f64 = y.grad(&[x]).unwrap()[0].item();
    assert!(g.is_finite());
}

#[test]
fn a_node_that_is_used_a_hundred_thousand_times() {
    let tape = Tape::new();
    let x = tape.var([1.0, 2.0]);
    let s = x.sin();
    let mut y = s;
    for _ in 0..100_000 {
        y = y + s;
    }
    let g = y.sum(None, false).grad(&[x]).unwrap();
    close(&g[0], [100_001.0 * 1f64.cos(), 100_001.0 * 2f64.cos()]);
}

/// exp with a derivative by hand, which may be wrong.
struct Exponential {
    factor: f64,
}

impl CustomOp for Exponential {
    fn name(&self) -> &str {
        "exponential"
    }
    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
        b.pointwise(Row::Exp, args)
    }
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        Shares::from_elem((0, b.scale(b.mul(ct, at.y), self.factor)), 1)
    }
}

#[cfg(feature = "check")]
#[test]
fn a_custom_operation_is_differentiated_and_checked() {
    use secant::check::{Verdict, check};
    use secant::{Case, Params};
    for (factor, verdict) in [(1.0, Verdict::Agree), (1.0 + 1e-6, Verdict::Disagree)] {
        let tape = Tape::new();
        let x = tape.named("x", [0.3, -1.0]);
        let y = tape.custom(Arc::new(Exponential { factor }), &[x]) * x;
        let loss = y.sum(None, false);
        let gradient = Params::from_iter([("x", loss.grad(&[x]).unwrap().remove(0))]);
        let case = Case::new(
            tape.graph(&[loss]).unwrap(),
            Params::from_iter([("x", x.value())]),
        )
        .unwrap();
        let report = check(
            &case,
            &gradient,
            secant::check::Options::for_dtype(case.dtype),
        )
        .unwrap();
        assert_eq!(report.verdict, verdict, "{report}");
    }
}
