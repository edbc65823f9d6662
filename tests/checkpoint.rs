//! A checkpoint changes when values are computed, and nothing else.

use approx::assert_relative_eq;
use secant::{Case, Dtype, Error, Params, Tape, Tensor, Var, grad, hessian, hvp, jacobian, jvp};

fn step<'t>(args: &[Var<'t>]) -> Var<'t> {
    let (w, h) = (args[0], args[1]);
    w.matmul(h).tanh() * h + w.sum(Some(vec![0]), false).sigmoid()
}

/// What `step` gives, recorded in a part of its own.
fn kept_apart<'t>(args: &[Var<'t>]) -> Var<'t> {
    let tape = args[0].tape().expect("an argument is on a tape");
    tape.checkpoint(step, args)
}

fn two_steps<'t>(args: &[Var<'t>]) -> Var<'t> {
    step(&[args[0], kept_apart(args)])
}

fn plain<'t>(args: &[Var<'t>]) -> Var<'t> {
    let h = (0..4).fold(args[1], |h, _| step(&[args[0], h]));
    h.square().sum(None, false)
}

/// The same with parts, one of which has a part itself.
fn in_parts<'t>(args: &[Var<'t>]) -> Var<'t> {
    let tape = args[0].tape().expect("an argument is on a tape");
    let h = tape.checkpoint(two_steps, args);
    let h = step(&[args[0], kept_apart(&[args[0], h])]);
    h.square().sum(None, false)
}

fn at() -> [Tensor<f64>; 2] {
    let w = [[0.5, -0.3, 0.2], [0.1, 0.9, -0.7], [-0.4, 0.6, 0.8]];
    [w.into(), [0.3, -1.1, 0.7].into()]
}

#[track_caller]
fn assert_same(a: &[Tensor<f64>], b: &[Tensor<f64>]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert_relative_eq!(a, b, max_relative = 1e-12);
    }
}

#[test]
fn derivatives_of_every_kind_are_the_same() -> Result<(), Error> {
    let direction = [
        Tensor::from_fn([3, 3], |k| 0.5 - k as f64 / 7.0),
        [1.0, -2.0, 0.5].into(),
    ];
    assert_same(&grad(in_parts, &at())?, &grad(plain, &at())?);
    assert_same(
        &hvp(in_parts, &at(), &direction)?,
        &hvp(plain, &at(), &direction)?,
    );
    let (y, dy) = jvp(in_parts, &at(), &direction)?;
    let (z, dz) = jvp(plain, &at(), &direction)?;
    assert_same(&[y, dy], &[z, dz]);
    assert_same(
        &jacobian(two_steps, &at())?,
        &jacobian(|args| step(&[args[0], step(args)]), &at())?,
    );
    let [w, h] = at();
    let by = |parts: bool| {
        let w = w.clone();
        hessian(
            move |h| {
                let tape = h.tape().expect("an argument is on a tape");
                let args = [tape.constant(w.clone()), h];
                if parts { in_parts(&args) } else { plain(&args) }
            },
            &h,
        )
    };
    assert_same(&[by(true)?], &[by(false)?]);
    Ok(())
}

/// Reverse over reverse: the recorded gradient of a part is differentiated again.
#[test]
fn the_recorded_gradient_is_the_same() -> Result<(), Error> {
    let tape = Tape::new();
    let [w, h] = at().map(|x| tape.var(x));
    let mut found = Vec::new();
    for y in [plain(&[w, h]), in_parts(&[w, h])] {
        let slopes = y.grad_recorded(&[w, h])?;
        let size = slopes[0].square().sum(None, false) + slopes[1].square().sum(None, false);
        found.push(size.grad(&[w, h])?);
    }
    assert_same(&found[0], &found[1]);
    Ok(())
}

/// A program with checkpoints is saved in operations that every engine has.
#[test]
fn the_program_is_written_out() {
    let tape = Tape::new();
    let [w, h] = at();
    let args = [tape.named("w", w.clone()), tape.named("h", h.clone())];
    let y = in_parts(&args);
    let graph = tape.graph(&[y]).expect("every operation is possible");
    let histogram = graph.histogram();
    assert_eq!(histogram.get("tanh"), Some(&4));
    assert_eq!(histogram.get("checkpoint"), None);
    let params = Params::from_iter([("w", w), ("h", h)]);
    let case = Case::with(graph, params, vec![1.0.into()], Dtype::F64).expect("a case");
    let same = Case::from_text(&case.to_text()).expect("what was written can be read");
    assert_eq!(same.graph, case.graph);
}

#[test]
fn a_part_that_cannot_be_is_an_error() {
    let tape = Tape::new();
    let [w, h] = at().map(|x| tape.var(x));
    let y = tape.checkpoint(|args| args[0].reshape(vec![2, 2]), &[w]);
    let error = y
        .grad(&[w])
        .expect_err("nine elements are not four")
        .to_string();
    assert!(error.contains("reshape"), "{error}");

    let tape = Tape::new();
    let x = tape.var(h.value());
    let y = tape.checkpoint(|args| args[0] * 2.0, &[w]);
    let error = (x + y.sum(None, false))
        .sum(None, false)
        .grad(&[x])
        .expect_err("w is on another tape");
    assert!(error.to_string().contains("another tape"), "{error}");
}

#[test]
fn trivial_parts() -> Result<(), Error> {
    let tape = Tape::new();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let same = tape.checkpoint(|args| args[0], &[x]);
    assert_eq!(same.sum(None, false).grad(&[x])?[0].to_vec(), [1.0, 1.0]);
    let number = tape.checkpoint(|_| 3.0.into(), &[x]);
    let y = (number * x).sum(None, false);
    assert_eq!(y.grad(&[x])?[0].to_vec(), [3.0, 3.0]);
    let repeated = tape.checkpoint(|args| args[0] * args[1], &[x, x]);
    assert_eq!(
        repeated.sum(None, false).grad(&[x])?[0].to_vec(),
        [2.0, 4.0]
    );
    Ok(())
}
