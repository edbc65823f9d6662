//! Handwritten digits: a 64-32-10 network with dropout, trained on the tape, its gradient checked while it trains.
//!
//! `cargo run --release --example digits`
//!
//! The classical advice is to check gradients seldom, because it costs two evaluations a parameter, and never under
//! dropout, because no two evaluations are alike. Here a check is a handful of evaluations along one random direction,
//! whatever the number of parameters, and a dropout mask is a function of its seed.

use secant::check::{Monitor, Verdict};
use secant::op::{Reduction, splitmix64};
use secant::{Case, Params, Tape, Tensor, Var};
use std::error::Error;
use std::time::{Duration, Instant};

const PIXELS: usize = 64;
const HIDDEN: usize = 32;
const CLASSES: usize = 10;
const BATCH: usize = 48;
const EPOCHS: usize = 30;
const RATE: f64 = 3e-3;
const DROPOUT: f64 = 0.1;
/// The gradient is checked as often as this share of the time allows.
const BUDGET: f64 = 0.04;

/// Images, one a row, from 0 to 1; and their labels.
struct Images {
    pixels: Vec<f64>,
    labels: Vec<i64>,
}

impl Images {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
        let mut images = Images {
            pixels: Vec::new(),
            labels: Vec::new(),
        };
        for line in text.lines().skip(1) {
            let row = line
                .split(',')
                .map(str::parse)
                .collect::<Result<Vec<f64>, _>>()?;
            let (label, pixels) = row.split_last().ok_or("an empty row")?;
            images.pixels.extend(pixels.iter().map(|x| x / 16.0));
            images.labels.push(*label as i64);
        }
        Ok(images)
    }

    /// The images at the given places.
    fn pick(&self, places: &[usize]) -> (Tensor<f64>, Vec<i64>) {
        let pixels: Vec<f64> = places
            .iter()
            .flat_map(|&i| &self.pixels[i * PIXELS..(i + 1) * PIXELS])
            .copied()
            .collect();
        let batch = Tensor::new([places.len(), PIXELS], pixels).expect("a row an image");
        (batch, places.iter().map(|&i| self.labels[i]).collect())
    }
}

/// A random number in [-1, 1) for each element.
fn random(shape: [usize; 2], scale: f64, seed: u64) -> Tensor<f64> {
    Tensor::from_fn(shape, |k| {
        let bits = splitmix64(seed << 32 | k as u64) >> 11;
        scale * (2.0 * bits as f64 / (1u64 << 53) as f64 - 1.0)
    })
}

fn initial() -> Params<f64> {
    Params::from_iter([
        (
            "w1",
            random([PIXELS, HIDDEN], (6.0 / PIXELS as f64).sqrt(), 1),
        ),
        ("b1", Tensor::from(vec![0.01; HIDDEN])),
        (
            "w2",
            random([HIDDEN, CLASSES], (6.0 / HIDDEN as f64).sqrt(), 2),
        ),
        ("b2", Tensor::from(vec![0.0; CLASSES])),
    ])
}

/// The scores of each class; with a seed, some hidden units are dropped.
fn network<'t>(p: &[Var<'t>], x: Var<'t>, dropout: Option<u64>) -> Var<'t> {
    let mut hidden = (x.matmul(p[0]) + p[1]).relu();
    if let Some(seed) = dropout {
        hidden = hidden.dropout(DROPOUT, seed as i64);
    }
    hidden.matmul(p[2]) + p[3]
}

fn accuracy(params: &Params<f64>, images: &Images, places: &[usize]) -> f64 {
    let (x, labels) = images.pick(places);
    let tape = Tape::new();
    let p: Vec<Var<'_>> = params.values().map(|v| tape.constant(v.clone())).collect();
    let chosen = network(&p, tape.constant(x), None).argmax(1).value();
    let right = chosen
        .iter()
        .zip(&labels)
        .filter(|(c, l)| *c == **l as f64)
        .count();
    right as f64 / places.len() as f64
}

/// Adam (Kingma and Ba 2015), one state for the whole vector of parameters.
struct Adam {
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl Adam {
    fn step(&mut self, theta: &mut [f64], gradient: &[f64]) {
        self.steps += 1;
        let (keep, keep_square) = (0.9, 0.999);
        let correct = |rate: f64| 1.0 - f64::powi(rate, self.steps);
        for (i, &g) in gradient.iter().enumerate() {
            self.first[i] = keep * self.first[i] + (1.0 - keep) * g;
            self.second[i] = keep_square * self.second[i] + (1.0 - keep_square) * g * g;
            let size = (self.second[i] / correct(keep_square)).sqrt() + 1e-8;
            theta[i] -= RATE * self.first[i] / correct(keep) / size;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let images = Images::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/data/digits.csv"
    ))?;
    let count = images.labels.len();
    // every fifth image is held out
    let (held_out, mut training): (Vec<usize>, Vec<usize>) = (0..count).partition(|i| i % 5 == 0);

    let mut params = initial();
    let mut adam = Adam {
        first: vec![0.0; params.count()],
        second: vec![0.0; params.count()],
        steps: 0,
    };
    let mut monitor = Monitor::within(BUDGET);
    let (mut training_time, mut checking_time) = (Duration::ZERO, Duration::ZERO);
    let mut step = 0usize;
    for epoch in 0..EPOCHS {
        training.sort_by_key(|&i| splitmix64((epoch as u64) << 32 | i as u64));
        let mut total = 0.0;
        for places in training.chunks(BATCH) {
            let start = Instant::now();
            let (x, labels) = images.pick(places);
            let tape = Tape::new();
            let p: Vec<Var<'_>> = params
                .iter()
                .map(|(name, v)| tape.named(name, v.clone()))
                .collect();
            let scores = network(&p, tape.constant(x), Some(step as u64));
            let loss = scores.cross_entropy(tape.index(&labels), Reduction::Mean);
            let gradient = loss.grad(&p)?;
            total += loss.value().item() * places.len() as f64;
            let gradient: Params<f64> = params.names().zip(gradient).collect();

            let pause = Instant::now();
            let case = || Ok(Case::new(tape.graph(&[loss])?, params.clone())?);
            let glance = monitor.step(case, &gradient)?;
            let paused = pause.elapsed();
            if let Some(glance) = glance {
                match glance.verdict {
                    Verdict::Agree => println!(
                        "step {step:4}: the gradient of {} parameters agrees, {} evaluations",
                        params.count(),
                        glance.evaluations
                    ),
                    Verdict::Undecided => println!("step {step:4}: undecided"),
                    Verdict::Disagree => {
                        let report = glance.report.expect("the judge was asked");
                        return Err(format!("step {step}: the gradient is wrong\n{report}").into());
                    }
                }
            }

            let mut theta = params.to_vector();
            adam.step(&mut theta, &gradient.to_vector());
            params = params.with_vector(&theta)?;
            step += 1;
            checking_time += paused;
            training_time += start.elapsed() - paused;
        }
        if epoch % 5 == 4 {
            let loss = total / training.len() as f64;
            println!(
                "epoch {:2}: loss {loss:.4}, {:.1} % right",
                epoch + 1,
                100.0 * accuracy(&params, &images, &held_out)
            );
        }
    }

    let right = accuracy(&params, &images, &held_out);
    let share = checking_time.as_secs_f64() / training_time.as_secs_f64();
    println!(
        "{:.1} % of {} held-out digits; {} gradient checks, {} undecided, {:.1} % of the time of training",
        100.0 * right,
        held_out.len(),
        monitor.checks(),
        monitor.undecided(),
        100.0 * share,
    );
    if right > 0.95 && monitor.undecided() * 2 < monitor.checks() {
        Ok(())
    } else {
        Err("the network did not learn what it should".into())
    }
}
