//! What it costs to judge random programs of about ten operations: drawing, the oracle with its bounds, and each engine.

use divan::{Bencher, counter::ItemsCount};
use secant::engine::{Builtin, Engine, Way};
use secant::fuzz::{Recipe, Scope, judge_case};

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
