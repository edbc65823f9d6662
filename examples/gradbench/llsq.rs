//! Linear least squares: how well a polynomial of many coefficients follows the sign function at n places of [-1, 1].

use super::protocol::{Answer, Request, text, unknown_function, within};
use secant::{Tape, Tensor, Var};
use serde::Deserialize;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    n: usize,
}

/// A bound on the n m powers that are held at once.
const POWERS: usize = 1 << 28;

/// Half the squared distance between the polynomial and the sign, summed over the places t.
fn distance<'t>(tape: &'t Tape, x: Var<'t>, n: usize) -> Var<'t> {
    let m = x.shape()[0];
    let places = (0..n).map(|i| -1.0 + i as f64 * 2.0 / (n - 1) as f64);
    let mut powers = Vec::with_capacity(n * m);
    for t in places.clone() {
        powers.extend(std::iter::successors(Some(1.0), |power| Some(power * t)).take(m));
    }
    let powers = Tensor::new([n, m], powers).expect("a row of m powers for each place");
    let signs: Tensor<f64> = places
        .map(|t| if t == 0.0 { 0.0 } else { t.signum() })
        .collect();
    let residual = tape.constant(signs) - tape.constant(powers).matmul(x);
    residual.dot(residual) / 2.0
}

fn prepare(input: Input) -> Result<(Tensor<f64>, usize), String> {
    within("the length of x", input.x.len(), 1, POWERS)?;
    within("n", input.n, 2, POWERS / input.x.len())?;
    Ok((input.x.into(), input.n))
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "primal" => request.measure(
            prepare,
            |(x, n)| {
                let tape = Tape::new();
                Ok(distance(&tape, tape.constant(x.clone()), *n).value().item())
            },
            identity,
        ),
        "gradient" => request.measure(
            prepare,
            |(x, n)| {
                let tape = Tape::new();
                let x = tape.var(x.clone());
                distance(&tape, x, *n).grad(&[x]).map_err(text)
            },
            |gradient| gradient[0].to_vec(),
        ),
        _ => unknown_function(function),
    }
}
