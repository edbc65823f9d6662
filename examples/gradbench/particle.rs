//! A charged particle flies past two fixed charges, one of which can be moved by w, and is to cross the x axis at the origin.
//! The force is a gradient, and the search for w goes down another one (Siskind and Pearlmutter 2008). The letters of a
//! function's name are their modes, forward or reverse, the outer one first.

use super::descent::argmin;
use super::nested::{Forward, Function, Mode, Over, Reverse};
use super::protocol::{Answer, Request, unknown_function};
use secant::Real;
use serde::Deserialize;
use std::convert::identity;
use std::marker::PhantomData;

#[derive(Deserialize)]
struct Input {
    w: f64,
}

const START: [f64; 2] = [0.0, 8.0];
const VELOCITY: [f64; 2] = [0.75, 0.0];
const STEP: f64 = 0.1;

/// A particle that has not come down by then is not waited for.
const STEPS: usize = 10_000;

/// The electric potential of unit charges.
struct Potential<B> {
    charges: [[B; 2]; 2],
}

impl<B: Real> Function<B> for Potential<B> {
    fn at<N: Over<B>>(&self, x: &[N]) -> Result<N, String> {
        let of_one = |charge: [B; 2]| {
            let [dx, dy] = [0, 1].map(|i| x[i] - N::constant(charge[i]));
            N::of(1.0) / (dx * dx + dy * dy).sqrt()
        };
        Ok(of_one(self.charges[0]) + of_one(self.charges[1]))
    }
}

/// The square of the place at which the particle crosses the axis, as a function of w; the force by mode `M`.
struct Miss<M>(PhantomData<M>);

impl<M: Mode> Function<f64> for Miss<M> {
    fn at<N: Over<f64>>(&self, w: &[N]) -> Result<N, String> {
        let ten = N::of(10.0);
        let potential = Potential {
            charges: [[ten, ten - w[0]], [ten, N::of(0.0)]],
        };
        // Euler's rule: x and v as of now move both
        let moved = |x: [N; 2], rate: &[N]| [0, 1].map(|i| x[i] + N::of(STEP) * rate[i]);
        let (mut x, mut v) = (START.map(N::of), VELOCITY.map(N::of));
        for _ in 0..STEPS {
            let force: Vec<N> = M::gradient(&potential, &x)?
                .into_iter()
                .map(|p| -p)
                .collect();
            let next = moved(x, &v);
            if next[1] > N::of(0.0) {
                (x, v) = (next, moved(v, &force));
            } else {
                // the crossing, on the straight line of this step
                let crossing = x[0] - x[1] / v[1] * v[0];
                return Ok(crossing * crossing);
            }
        }
        Err(format!(
            "the particle did not come down to the axis in {STEPS} steps"
        ))
    }
}

fn control<Outer: Mode, Inner: Mode>(w: f64) -> Result<f64, String> {
    Ok(argmin::<Outer, f64>(&Miss::<Inner>(PhantomData), &[w])?[0])
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    let by = |control: fn(f64) -> Result<f64, String>| {
        request.measure(Ok, |input: &mut Input| control(input.w), identity)
    };
    match function {
        "ff" => by(control::<Forward, Forward>),
        "fr" => by(control::<Forward, Reverse>),
        "rf" => by(control::<Reverse, Forward>),
        "rr" => by(control::<Reverse, Reverse>),
        _ => unknown_function(function),
    }
}
