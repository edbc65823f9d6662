//! A tape that is cleared and filled again: what it asks of the allocator, counted over the whole process.

use secant::number::Number;
use secant::{Tape, Tensor, scalar};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn polynomial<N: Number>(x: &[N]) -> N {
    x.iter().fold(N::of(1.0), |total, &x| (total * x).sin() + x)
}

/// A scalar tape needs no memory beyond that of its first use.
fn scalar_tape_allocates_once() {
    let (mut tape, mut gradient) = (scalar::Tape::new(), scalar::Gradient::default());
    let mut pass = |at: f64| {
        tape.clear();
        let x = [0.1, 0.2, 0.3, 0.4].map(|k| tape.var(at + k));
        let y = polynomial(&x);
        tape.pull_back_into([(y, 1.0)], &mut gradient);
        gradient.of(x[0])
    };
    let first = pass(0.5);
    let region = Region::new(ALLOCATOR);
    let others: [f64; 3] = [0.6, 0.7, 0.5].map(&mut pass);
    assert_eq!(
        region.change().allocations + region.change().reallocations,
        0
    );
    assert_eq!(others[2].to_bits(), first.to_bits());
    assert_ne!(others[0], first);
}

/// A tensor tape keeps its record: only tensors themselves, which may outlive it, are new.
fn tensor_tape_keeps_its_record() {
    const STEPS: usize = 10_000;
    let mut tape = Tape::new();
    let mut pass = || {
        tape.clear();
        let region = Region::new(ALLOCATOR);
        let x = tape.var(Tensor::from([0.5, -0.25]));
        let y = (0..STEPS).fold(x, |y, _| y.tanh());
        let change = region.change();
        let gradient = y.sum(None, false).grad(&[x]).expect("a gradient");
        (
            change.bytes_allocated + change.bytes_reallocated.max(0) as usize,
            gradient,
        )
    };
    let (first, gradient) = pass();
    let (second, same) = pass();
    assert_eq!(gradient, same);
    assert_eq!(pass().0, second);
    // two numbers, the counters of those who share them, and the room in which they were computed
    assert!(second <= (STEPS + 1) * 80, "{second} bytes");
    assert!(first > 3 * second, "{first} bytes at first, {second} then");
}

fn main() {
    scalar_tape_allocates_once();
    tensor_tape_keeps_its_record();
}
