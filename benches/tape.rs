//! Value and gradient beside the value alone, in one run: read the ratios, not the times.
//!
//! `chain` is y = sin(y x_i) + exp(-y), `rosen` the Rosenbrock function, both in single numbers; `mlp` is a 64-128-64-10
//! network on a batch of 64 in tensors; `million` is a tape of a million small tensors, recorded, swept and dropped.

use divan::{Bencher, black_box};
use secant::op::{Reduction, splitmix64};
use secant::{Number, Tape, Tensor, Var, scalar};

fn main() {
    divan::main();
}

fn chain<N: Number>(x: &[N]) -> N {
    let mut y = x[0] * N::of(0.5);
    let mut sum = y;
    for &x in x {
        y = (y * x).sin() + (-y).exp();
        sum = sum + y;
    }
    sum
}

fn rosen<N: Number>(x: &[N]) -> N {
    let mut sum = N::of(0.0);
    for pair in x.windows(2) {
        let (bend, slope) = (pair[1] - pair[0] * pair[0], pair[0] - N::of(1.0));
        sum = sum + N::of(100.0) * bend * bend + slope * slope;
    }
    sum
}

fn inputs(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| 1.0 + 0.5 * (0.01 * i as f64).sin())
        .collect()
}

macro_rules! scalar_benches {
    ($($module:ident $f:ident),*) => {$(
        mod $module {
            use super::*;
            const N: usize = 10_000;

            #[divan::bench]
            fn value(bencher: Bencher<'_, '_>) {
                let x = inputs(N);
                bencher.bench(|| $f(black_box(&x)));
            }

            #[divan::bench]
            fn value_and_gradient(bencher: Bencher<'_, '_>) {
                let at = inputs(N);
                let mut tape = scalar::Tape::new();
                bencher.bench_local(|| {
                    tape.clear();
                    let x: Vec<scalar::Var<'_>> = black_box(&at).iter().map(|&x| tape.var(x)).collect();
                    let gradient = tape.gradient($f(&x));
                    x.iter().map(|&x| gradient.of(x)).sum::<f64>()
                });
            }
        }
    )*};
}
scalar_benches!(chain_10k chain, rosen_10k rosen);

fn random(shape: [usize; 2], seed: u64) -> Tensor<f64> {
    let number =
        |k: usize| (splitmix64(seed << 32 | k as u64) >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
    Tensor::from_fn(shape, number)
}

fn network<'t>(p: &[Var<'t>], x: Var<'t>, labels: Var<'t>) -> Var<'t> {
    let hidden = (x.matmul(p[0]) + p[1]).relu();
    let hidden = (hidden.matmul(p[2]) + p[3]).relu();
    (hidden.matmul(p[4]) + p[5]).cross_entropy(labels, Reduction::Mean)
}

mod mlp {
    use super::*;

    fn setting() -> (Vec<Tensor<f64>>, Tensor<f64>, Vec<i64>) {
        let sizes = [64, 128, 64, 10];
        let layers = sizes.windows(2).zip(1..);
        let params = layers
            .flat_map(|(io, seed)| [random([io[0], io[1]], seed), random([1, io[1]], seed + 100)]);
        (
            params.collect(),
            random([64, 64], 7),
            (0..64).map(|i| i % 10).collect(),
        )
    }

    #[divan::bench]
    fn value(bencher: Bencher<'_, '_>) {
        let (params, x, labels) = setting();
        bencher.bench_local(|| {
            let tape = Tape::new();
            let p: Vec<Var<'_>> = params.iter().map(|p| tape.var(p.clone())).collect();
            network(&p, tape.constant(x.clone()), tape.index(&labels))
                .value()
                .item()
        });
    }

    #[divan::bench]
    fn value_and_gradient(bencher: Bencher<'_, '_>) {
        let (params, x, labels) = setting();
        bencher.bench_local(|| {
            let tape = Tape::new();
            let p: Vec<Var<'_>> = params.iter().map(|p| tape.var(p.clone())).collect();
            let loss = network(&p, tape.constant(x.clone()), tape.index(&labels));
            loss.grad(&p).expect("the network is differentiable")
        });
    }
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn million_operations() -> f64 {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let mut y = x;
    for _ in 0..500_000 {
        y = y.sin() + 0.1;
    }
    y.grad(&[x]).expect("a chain is connected")[0].item()
}
