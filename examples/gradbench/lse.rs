//! The logarithm of a sum of exponentials, out of its parts: a maximum, exponentials, a sum.

use super::protocol::{Answer, Request, text, unknown_function};
use secant::{Tape, Tensor, Var, grad};
use serde::Deserialize;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
}

/// log(sum of e^x), the largest x taken out so that no exponential overflows.
fn logsumexp<'t>(x: Var<'t>) -> Var<'t> {
    let top = x.max_reduce(None, false);
    (x - top).exp().sum(None, false).log() + top
}

fn prepare(input: Input) -> Result<[Tensor<f64>; 1], String> {
    match input.x.is_empty() {
        true => Err("x: expected one or more numbers".into()),
        false => Ok([input.x.into()]),
    }
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "primal" => request.measure(
            prepare,
            |[x]| Ok(logsumexp(Tape::new().constant(x.clone())).value().item()),
            identity,
        ),
        "gradient" => request.measure(
            prepare,
            |x| grad(|x| logsumexp(x[0]), x).map_err(text),
            |gradient| gradient[0].to_vec(),
        ),
        _ => unknown_function(function),
    }
}
