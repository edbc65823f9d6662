//! The largest amount of memory that gradients need at once, counted over the whole process.

use approx::assert_relative_eq;
use peak_alloc::PeakAlloc;
use secant::{Tape, Tensor, Var};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const WIDTH: usize = 20_000;

/// Bytes of one tensor of the chain.
const TENSOR: usize = WIDTH * size_of::<f64>();

/// The bytes that `f` needs at once beyond those in use before it.
fn peak<R>(f: impl FnOnce() -> R) -> (usize, R) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = f();
    (ALLOCATOR.peak_usage() - before, result)
}

fn chain<'t>(h: Var<'t>, w: Var<'t>, steps: usize) -> Var<'t> {
    (0..steps).fold(h, |h, _| (w * h).tanh() + 0.1)
}

fn start() -> [Tensor<f64>; 2] {
    let h = Tensor::from_fn([WIDTH], |k| (k as f64).sin());
    let w = Tensor::from_fn([WIDTH], |k| 1.0 + 0.1 * (k as f64).cos());
    [h, w]
}

/// The sweep holds an adjoint only until it has passed its node.
fn adjoints_are_freed_on_the_way() {
    let tape = Tape::new();
    let [h, w] = start().map(|x| tape.var(x));
    let loss = chain(h, w, 100).sum(None, false);
    let (bytes, gradient) = peak(|| loss.grad(&[h, w]));
    assert_eq!(gradient.expect("a gradient").len(), 2);
    assert!(bytes < 10 * TENSOR, "{} tensors", bytes / TENSOR);
}

/// √n parts of √n steps need a tenth of the memory, and give the same gradient.
fn checkpoints_bound_the_memory() {
    let gradient = |steps_a_part: Option<usize>| {
        let tape = Tape::new();
        let [mut h, w] = start().map(|x| tape.var(x));
        let first = h;
        match steps_a_part {
            None => h = chain(h, w, 400),
            Some(steps) => {
                for _ in 0..400 / steps {
                    h = tape.checkpoint(|args| chain(args[0], args[1], steps), &[h, w]);
                }
            }
        }
        h.sum(None, false).grad(&[first, w]).expect("a gradient")
    };
    let (plain, expected) = peak(|| gradient(None));
    let (checkpointed, found) = peak(|| gradient(Some(20)));
    for (found, expected) in found.iter().zip(&expected) {
        // the shares of w are added in another order
        assert_relative_eq!(found, expected, max_relative = 1e-12);
    }
    assert!(plain > 1200 * TENSOR, "{} tensors", plain / TENSOR);
    assert!(
        10 * checkpointed < plain,
        "{} tensors, and {} with checkpoints",
        plain / TENSOR,
        checkpointed / TENSOR
    );
}

fn main() {
    adjoints_are_freed_on_the_way();
    checkpoints_bound_the_memory();
}
