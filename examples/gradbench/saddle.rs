//! A saddle point: the x at which the largest value over y of f(x, y) is least, and that y. A descent by x, each value of
//! which is an ascent by y: two gradients, one inside the other (Siskind and Pearlmutter 2008). The letters of a function's
//! name are their modes, forward or reverse, the outer one first.

use super::descent::{argmax, argmin};
use super::nested::{Forward, Function, Mode, Over, Reverse};
use super::protocol::{Answer, Request, unknown_function};
use secant::Real;
use serde::Deserialize;
use std::convert::identity;
use std::marker::PhantomData;

#[derive(Deserialize)]
struct Input {
    start: [f64; 2],
}

fn f<N: Real>(x: &[N], y: &[N]) -> N {
    (x[0] * x[0] + x[1] * x[1]) - (y[0] * y[0] + y[1] * y[1])
}

/// f of y, for an x.
struct AtX<B>([B; 2]);

impl<B: Real> Function<B> for AtX<B> {
    fn at<N: Over<B>>(&self, y: &[N]) -> Result<N, String> {
        Ok(f(&self.0.map(N::constant), y))
    }
}

/// The largest value of f over y, as a function of x, by an ascent of mode `M`.
struct Highest<M> {
    start: [f64; 2],
    mode: PhantomData<M>,
}

impl<M: Mode> Function<f64> for Highest<M> {
    fn at<N: Over<f64>>(&self, x: &[N]) -> Result<N, String> {
        let y = argmax::<M, N>(&AtX([x[0], x[1]]), &self.start.map(N::of))?;
        Ok(f(x, &y))
    }
}

fn saddle<Outer: Mode, Inner: Mode>(start: [f64; 2]) -> Result<[f64; 4], String> {
    let highest = Highest::<Inner> {
        start,
        mode: PhantomData,
    };
    let x = argmin::<Outer, f64>(&highest, &start)?;
    let y = argmax::<Outer, f64>(&AtX([x[0], x[1]]), &start)?;
    Ok([x[0], x[1], y[0], y[1]])
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    let by = |saddle: fn([f64; 2]) -> Result<[f64; 4], String>| {
        request.measure(Ok, |input: &mut Input| saddle(input.start), identity)
    };
    match function {
        "ff" => by(saddle::<Forward, Forward>),
        "fr" => by(saddle::<Forward, Reverse>),
        "rf" => by(saddle::<Reverse, Forward>),
        "rr" => by(saddle::<Reverse, Reverse>),
        _ => unknown_function(function),
    }
}
