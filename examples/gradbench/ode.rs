//! An ordinary differential equation by Runge-Kutta: y_0' = x_0 and y_i' = x_i y_(i-1), from 0 at time 0 to time 2. The
//! gradient asked for is that of the last element.

use super::nested::gradient;
use super::protocol::{Answer, Request, unknown_function, within};
use secant::{Real, scalar};
use serde::Deserialize;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    s: usize,
}

/// A bound on the number of steps times the length of x: half of it fills 10 GB of tape.
const WORK: usize = 1 << 26;

/// The solution after s steps of the classical fourth-order rule.
fn solve<N: Real>(x: &[N], s: usize) -> Vec<N> {
    let h = 2.0 / s as f64;
    let slope = |y: &[N]| -> Vec<N> {
        let first = x.iter().take(1).copied();
        first
            .chain(x.iter().skip(1).zip(y).map(|(&x, &y)| x * y))
            .collect()
    };
    // y + step k
    let moved = |y: &[N], step: f64, k: &[N]| -> Vec<N> {
        k.iter()
            .zip(y)
            .map(|(k, &y)| k.fma(N::of(step), y))
            .collect()
    };
    let weights = [1.0, h / 6.0, h / 3.0, h / 3.0, h / 6.0].map(N::of);
    let mut y = vec![N::of(0.0); x.len()];
    for _ in 0..s {
        let k1 = slope(&y);
        let k2 = slope(&moved(&y, h / 2.0, &k1));
        let k3 = slope(&moved(&y, h / 2.0, &k2));
        let k4 = slope(&moved(&y, h, &k3));
        for (i, y) in y.iter_mut().enumerate() {
            *y = N::dot(&[*y, k1[i], k2[i], k3[i], k4[i]], &weights);
        }
    }
    y
}

fn prepare(input: Input) -> Result<Input, String> {
    within("the length of x", input.x.len(), 1, WORK)?;
    within("s", input.s, 1, WORK / input.x.len())?;
    Ok(input)
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "primal" => request.measure(prepare, |input| Ok(solve(&input.x, input.s)), identity),
        "gradient" => request.measure(
            |input| Ok((prepare(input)?, scalar::Tape::new())),
            |(input, tape)| Ok(gradient(tape, &input.x, |x| solve(x, input.s)[x.len() - 1])),
            identity,
        ),
        _ => unknown_function(function),
    }
}
