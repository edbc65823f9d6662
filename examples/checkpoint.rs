//! A recurrence of 1000 steps, differentiated with all its values kept, and with those of 25 steps at a time.
//!
//! A recurrent network h -> tanh(W h + b) is run for 1000 steps on a hidden state of 64 numbers for a batch of 32. Plain reverse
//! mode keeps every value of every step. In parts of 25 steps, of which only the last state is kept, the backward sweep
//! runs each part once more when it gets there.

use peak_alloc::PeakAlloc;
use secant::{Error, Tape, Tensor, Var};
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const STEPS: usize = 1000;
const PART: usize = 25;
const HIDDEN: usize = 64;
const BATCH: usize = 32;

/// `steps` steps on the state `args[2]` with the weights `args[0]` and the biases `args[1]`.
fn advance<'t>(args: &[Var<'t>], steps: usize) -> Var<'t> {
    let (w, b) = (args[0], args[1]);
    (0..steps).fold(args[2], |h, _| (h.matmul(w) + b).tanh())
}

/// The gradient of the mean square of the last state by weights and biases.
fn gradient(in_parts: bool) -> Result<Vec<Tensor<f64>>, Error> {
    let wave = |scale: f64| move |k: usize| scale * (0.7 * k as f64).sin();
    let tape = Tape::new();
    let w = tape.var(Tensor::from_fn([HIDDEN, HIDDEN], wave(0.18)));
    let b = tape.var(Tensor::from_fn([HIDDEN], wave(0.1)));
    let mut h = tape.constant(Tensor::from_fn([BATCH, HIDDEN], wave(1.0)));
    if in_parts {
        for _ in 0..STEPS / PART {
            h = tape.checkpoint(|args| advance(args, PART), &[w, b, h]);
        }
    } else {
        h = advance(&[w, b, h], STEPS);
    }
    h.square().mean(None, false).grad(&[w, b])
}

fn main() -> Result<(), Error> {
    let mut peaks = Vec::new();
    let mut gradients = Vec::new();
    for (words, in_parts) in [("all values kept", false), ("in parts", true)] {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let start = Instant::now();
        gradients.push(gradient(in_parts)?);
        let peak = (ALLOCATOR.peak_usage() - before) as f64 / 1e6;
        let seconds = start.elapsed().as_secs_f64();
        println!("{words:<16} {peak:6.1} MB at most, {seconds:.2} s");
        peaks.push(peak);
    }
    let ratio = peaks[1] / peaks[0];
    println!("{:.1} % of the memory", 100.0 * ratio);
    assert!(ratio < 0.1);
    for (a, b) in gradients[0].iter().zip(&gradients[1]) {
        approx::assert_relative_eq!(a, b, max_relative = 1e-9, epsilon = 1e-12);
    }
    Ok(())
}
