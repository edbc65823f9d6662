//! What it costs to judge random programs of about ten operations: drawing, the oracle with its bounds, and each engine;
//! and a program of 10^6 parameters.

use divan::{Bencher, counter::ItemsCount};
use secant::check::{Options, check};
use secant::engine::{Builtin, Engine, Want, Way};
use secant::fuzz::{Recipe, Scope, judge_case};
use secant::graph::Case;

const CASES: u64 = 200;

fn main() {
    divan::main();
}

#[divan::bench]
fn draw(bencher: Bencher<'_, '_>) {
    let scope = Scope::default();
    bencher.counter(ItemsCount::new(CASES)).bench_local(|| {
        (0..CASES)
            .map(|k| {
                Recipe::random(1, k, &scope)
                    .decode(&scope)
                    .graph
                    .operations()
            })
            .sum::<usize>()
    });
}

#[divan::bench(args = [1, 4])]
fn draw_and_judge(bencher: Bencher<'_, '_>, engines: usize) {
    let scope = Scope::default();
    let mut engines: Vec<Box<dyn Engine>> = Way::ALL[..engines]
        .iter()
        .map(|&way| Box::new(Builtin::new(way)) as Box<dyn Engine>)
        .collect();
    bencher.counter(ItemsCount::new(CASES)).bench_local(|| {
        for number in 0..CASES {
            let case = Recipe::random(1, number, &scope).decode(&scope);
            divan::black_box(judge_case(&case, &mut engines, 1, number));
        }
    });
}

/// The same without the drawing: the engine, the bounds, the wide values and the verdict.
#[divan::bench(args = [1, 4])]
fn judge(bencher: Bencher<'_, '_>, engines: usize) {
    let scope = Scope::default();
    let cases: Vec<Case> = (0..CASES)
        .map(|number| Recipe::random(1, number, &scope).decode(&scope))
        .collect();
    let mut engines: Vec<Box<dyn Engine>> = Way::ALL[..engines]
        .iter()
        .map(|&way| Box::new(Builtin::new(way)) as Box<dyn Engine>)
        .collect();
    bencher.counter(ItemsCount::new(CASES)).bench_local(|| {
        for (number, case) in (0..).zip(&cases) {
            divan::black_box(judge_case(case, &mut engines, 1, number));
        }
    });
}

/// A correct gradient of a network of 10^6 parameters.
#[divan::bench(sample_count = 3)]
fn a_million_parameters(bencher: Bencher<'_, '_>) {
    let numbers = |count: usize, scale: f64| -> String {
        let wave = |k: usize| format!("{:.9}", scale * ((k * k % 9973) as f64 * 0.7).sin());
        (0..count).map(wave).collect::<Vec<_>>().join(", ")
    };
    let text = format!(
        "secant 1\nparam w [784, 1250] = [{}]\nparam b [1250] = [{}]\nparam v [1250, 10] = [{}]\n\
         const x [4, 784] = [{}]\nindex t [4] = [3, 1, 4, 1]\nh = matmul(x, w)\ns = add(h, b)\na = tanh(s)\n\
         z = matmul(a, v)\nl = cross_entropy(z, t)\nreturn l\n",
        numbers(784 * 1250, 0.03),
        numbers(1250, 0.1),
        numbers(12500, 0.03),
        numbers(4 * 784, 1.0)
    );
    let case: Case = text.parse().expect("a program");
    let want = Want {
        gradient: true,
        ..Want::default()
    };
    let answer = Builtin::new(Way::Tape).evaluate(&case, &want);
    let gradient = answer.expect("an answer").gradient.expect("a gradient");
    let flat: Vec<f64> = gradient.into_iter().flat_map(|(_, data)| data).collect();
    let claim = case.params.with_vector(&flat).expect("as many numbers");
    bencher.bench_local(|| check(&case, &claim, Options::for_dtype(case.dtype)));
}
