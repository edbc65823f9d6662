//! A million parameters: is the gradient right, and if one element is wrong by a millionth of itself, which?
//!
//! `cargo run --release --example million`
//!
//! The classical check would evaluate this network two million times. Here random directions look at all elements at once, in
//! blocks in which none hides another, and what does not agree is halved.

use secant::check::{Options, Verdict, check};
use secant::op::{Reduction, splitmix64};
use secant::{Case, Params, Tape, Tensor};
use std::error::Error;
use std::time::Instant;

const LAYERS: [usize; 3] = [784, 1250, 10];
const BATCH: usize = 4;
/// The element to spoil, and by how much of itself.
const SPOILED: (&str, usize) = ("w1", 654_321);
const SIZE: f64 = 1e-6;

/// A random number in [-scale, scale) for each element.
fn random(shape: &[usize], scale: f64, seed: u64) -> Tensor<f64> {
    Tensor::from_fn(shape, |k| {
        let bits = splitmix64(seed << 32 | k as u64) >> 11;
        scale * (2.0 * bits as f64 / (1u64 << 53) as f64 - 1.0)
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let [inputs, hidden, classes] = LAYERS;
    let spread = |inputs: usize| (3.0 / inputs as f64).sqrt();
    let params = Params::from_iter([
        ("w1", random(&[inputs, hidden], spread(inputs), 1)),
        ("b1", random(&[hidden], 0.1, 2)),
        ("w2", random(&[hidden, classes], spread(hidden), 3)),
        ("b2", random(&[classes], 0.1, 4)),
    ]);
    let tape = Tape::new();
    let p: Vec<_> = params
        .iter()
        .map(|(name, x)| tape.named(name, x.clone()))
        .collect();
    let x = tape.constant(random(&[BATCH, inputs], 1.0, 5));
    let scores = (x.matmul(p[0]) + p[1]).tanh().matmul(p[2]) + p[3];
    let labels: Vec<i64> = (0..BATCH as i64).map(|i| 3 * i % classes as i64).collect();
    let loss = scores.cross_entropy(tape.index(&labels), Reduction::Mean);
    let gradient: Params<f64> = params.names().zip(loss.grad(&p)?).collect();
    let case = Case::new(tape.graph(&[loss])?, params.clone())?;

    let ask = |claim: &Params<f64>, what: &str| {
        let start = Instant::now();
        let report = check(&case, claim, Options::for_dtype(case.dtype))?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{what}: {} in {seconds:.1} s, {} evaluations of the network with {} parameters",
            report.verdict.name(),
            report.evaluations,
            params.count()
        );
        Ok::<_, secant::Error>(report)
    };
    let report = ask(&gradient, "the gradient of the tape")?;
    if report.verdict != Verdict::Agree {
        return Err(format!("the gradient is not known to be right: {report}").into());
    }
    println!(
        "one element wrong by {:.0e} of itself would have been seen",
        report.resolution
    );

    let (name, place) = SPOILED;
    let mut spoiled = gradient.clone();
    let mut k = 0;
    let one_is_wrong = gradient[name].map(|g| {
        k += 1;
        if k - 1 == place { g * (1.0 + SIZE) } else { g }
    });
    spoiled.insert(name, one_is_wrong);
    let report = ask(&spoiled, "the same with one element spoiled")?;
    print!("{report}");
    let named = report
        .faults
        .iter()
        .map(|fault| (&fault.param[..], &fault.index[..]));
    let expected = (name, &[place / hidden, place % hidden][..]);
    match named.collect::<Vec<_>>() == [expected] {
        true => Ok(()),
        false => Err("the spoiled element was not named".into()),
    }
}
