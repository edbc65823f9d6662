//! A mixture of Gaussians: the logarithm of its posterior density given points, with a Wishart prior on the precisions.
//!
//! With Q_k lower triangular, e^q on its diagonal and l below it (column by column), component k has the precision
//! Q_k^T Q_k, and the value is
//!
//! ```text
//! sum over points of [ logsumexp_k( alpha_k + sum(q_k) - |Q_k (x - mu_k)|^2 / 2 ) - logsumexp(alpha) - (d/2) log(2 pi) ]
//!   - sum over k of [ gamma^2 / 2 (|e^q_k|^2 + |l_k|^2) - m sum(q_k) ] + the prior's constant
//! ```
//!
//! The points come in chunks whose intermediate results stay in the cache: the gradient is the sum of theirs.

use super::protocol::{Answer, Request, matrix_of, rows, text, unknown_function, within};
use secant::tensor::Range;
use secant::{Error, Tape, Tensor, Var};
use serde::Deserialize;
use serde_json::json;
use std::convert::identity;
use std::f64::consts::{LN_2, PI};

#[derive(Deserialize)]
struct Input {
    d: usize,
    k: usize,
    n: usize,
    x: Vec<Vec<f64>>,
    m: u32,
    gamma: f64,
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

/// Elements of an intermediate result: half a megabyte.
const CHUNK: usize = 1 << 16;

struct Mixture {
    points: Tensor<f64>,
    /// alpha, mu, q, l.
    parameters: [Tensor<f64>; 4],
    m: f64,
    gamma: f64,
    /// Where each element of the transposed Q stands in a row of e^q, l and a zero.
    places: Vec<i64>,
}

fn prepare(input: Input) -> Result<Mixture, String> {
    let Input { d, k, n, .. } = input;
    for (name, size) in [("d", d), ("k", k), ("n", n)] {
        within(name, size, 1, 1 << 24)?;
    }
    within("the length of alpha", input.alpha.len(), k, k)?;
    let below = d * (d - 1) / 2;
    let mixture = Mixture {
        points: matrix_of("x", &input.x, [n, d])?,
        parameters: [
            input.alpha.into(),
            matrix_of("mu", &input.mu, [k, d])?,
            matrix_of("q", &input.q, [k, d])?,
            matrix_of("l", &input.l, [k, below])?,
        ],
        m: input.m.into(),
        gamma: input.gamma,
        places: places(d),
    };
    Ok(mixture)
}

fn places(d: usize) -> Vec<i64> {
    let mut of_l = d..;
    let zero = d + d * (d - 1) / 2;
    let mut places = Vec::with_capacity(d * d);
    for row in 0..d {
        for column in 0..d {
            places.push(match column.cmp(&row) {
                std::cmp::Ordering::Less => zero,
                std::cmp::Ordering::Equal => row,
                std::cmp::Ordering::Greater => of_l.next().expect("there is no last number"),
            } as i64);
        }
    }
    places
}

impl Mixture {
    /// The number of components, and of dimensions.
    fn sizes(&self) -> [usize; 2] {
        [self.parameters[1].shape()[0], self.points.shape()[1]]
    }

    /// The share of some points: the logarithm of their likelihood, without the constant.
    fn likelihood<'t>(
        &self,
        tape: &'t Tape,
        parameters: &[Var<'t>],
        points: Tensor<f64>,
    ) -> Var<'t> {
        let &[alpha, mu, q, l] = parameters else {
            unreachable!("four parameters")
        };
        let [k, d] = self.sizes();
        let count = points.shape()[0] as f64;
        let zero = tape.constant(Tensor::zeros([k, 1]));
        let transposed = Var::concat(&[q.exp(), l, zero], 1)
            .take(tape.index(&self.places), 1)
            .reshape(vec![k as i64, d as i64, d as i64]);
        let centred = tape.constant(points) - mu.unsqueeze(vec![1]);
        let distances = centred
            .matmul(transposed)
            .square()
            .sum(Some(vec![2]), false);
        let weights = alpha + q.sum(Some(vec![1]), false);
        let scores = weights.unsqueeze(vec![1]) - 0.5 * distances;
        scores.logsumexp(Some(vec![0]), false).sum(None, false)
            - count * alpha.logsumexp(None, false)
    }

    /// The prior's share, without the constant. It does not know the weights and the means.
    fn prior<'t>(&self, q: Var<'t>, l: Var<'t>) -> Var<'t> {
        let squares = q.exp().square().sum(None, false) + l.square().sum(None, false);
        self.m * q.sum(None, false) - 0.5 * self.gamma * self.gamma * squares
    }

    /// What no parameter changes.
    fn constant(&self) -> f64 {
        let [k, d] = self.sizes().map(|size| size as f64);
        let n = self.points.shape()[0] as f64;
        let freedom = d + self.m + 1.0;
        // the multivariate gamma function
        let log_gamma = (0..d as usize)
            .map(|j| libm::lgamma(0.5 * (freedom - j as f64)))
            .sum::<f64>()
            + 0.25 * d * (d - 1.0) * PI.ln();
        let prior = freedom * d * (self.gamma.ln() - 0.5 * LN_2) - log_gamma;
        k * prior - 0.5 * n * d * (2.0 * PI).ln()
    }

    fn chunks(&self) -> impl Iterator<Item = Tensor<f64>> {
        let ([k, d], n) = (self.sizes(), self.points.shape()[0]);
        // at least as many points as dimensions, or making Q would be most of the work
        let size = (CHUNK / (k * d)).max(d);
        (0..n).step_by(size).map(move |first| {
            let count = size.min(n - first);
            self.points.narrow(
                0,
                Range {
                    first,
                    step: 1,
                    count,
                },
            )
        })
    }

    fn objective(&self) -> f64 {
        let mut tape = Tape::new();
        let mut total = self.constant();
        for points in self.chunks() {
            tape.clear();
            let parameters = self.parameters.each_ref().map(|p| tape.constant(p.clone()));
            total += self.likelihood(&tape, &parameters, points).value().item();
        }
        let [_, _, q, l] = self.parameters.each_ref().map(|p| tape.constant(p.clone()));
        total + self.prior(q, l).value().item()
    }

    fn gradient(&self) -> Result<[Tensor<f64>; 4], Error> {
        let mut tape = Tape::new();
        let mut total = self.parameters.each_ref().map(|p| Tensor::zeros(p.shape()));
        let mut add = |k: usize, share: &Tensor<f64>| total[k] = total[k].zip(share, |a, b| a + b);
        for points in self.chunks() {
            tape.clear();
            let parameters = self.parameters.each_ref().map(|p| tape.var(p.clone()));
            let likelihood = self.likelihood(&tape, &parameters, points);
            for (k, share) in likelihood.grad(&parameters)?.iter().enumerate() {
                add(k, share);
            }
        }
        let [_, _, q, l] = self.parameters.each_ref().map(|p| tape.var(p.clone()));
        let shares = self.prior(q, l).grad(&[q, l])?;
        add(2, &shares[0]);
        add(3, &shares[1]);
        Ok(total)
    }
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "objective" => request.measure(prepare, |mixture| Ok(mixture.objective()), identity),
        "jacobian" => request.measure(
            prepare,
            |mixture| mixture.gradient().map_err(text),
            |[alpha, mu, q, l]| {
                json!({ "alpha": alpha.to_vec(), "mu": rows(&mu), "q": rows(&q), "l": rows(&l) })
            },
        ),
        _ => unknown_function(function),
    }
}
