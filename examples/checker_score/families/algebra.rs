//! Sums, products, quotients and powers.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, dot, sum};
use secant::Real;

/// sum c0 x + c1 x^2 + c2 x^3 + c3 x^4, and the products x_i x_(i+1)^2 of neighbours.
pub(crate) struct Polynomial {
    coefficients: Vec<f64>,
}

impl Function for Polynomial {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let own = x.iter().zip(self.coefficients.chunks(4)).map(|(&x, c)| {
            let c = |k: usize| N::of(c[k]);
            x * (c(0) + x * (c(1) + x * (c(2) + x * c(3))))
        });
        sum(own) + sum(x.windows(2).map(|w| w[0] * w[1] * w[1]))
    }
}

impl Family for Polynomial {
    const NAME: &'static str = "polynomial";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let coefficients = random.normals(64);
        (Self { coefficients }, random.uniforms(16, -1.5, 1.5))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let n = x.len();
        let partial = |i: usize| {
            let c = &self.coefficients[4 * i..];
            let own = c[0] + x[i] * (2.0 * c[1] + x[i] * (3.0 * c[2] + x[i] * 4.0 * c[3]));
            let right = if i + 1 < n { x[i + 1] * x[i + 1] } else { 0.0 };
            let left = if i > 0 { 2.0 * x[i - 1] * x[i] } else { 0.0 };
            own + right + left
        };
        (0..n).map(partial).collect()
    }
}

/// x' A x / 2 + b' x with a full matrix that is not symmetric.
pub(crate) struct QuadraticForm {
    matrix: Vec<f64>,
    linear: Vec<f64>,
}

impl Function for QuadraticForm {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let rows = self.matrix.chunks(x.len()).zip(&self.linear);
        let half = N::of(0.5);
        sum(rows
            .zip(x)
            .map(|((row, &b), &x_i)| x_i * (half * dot(row, x) + N::of(b))))
    }
}

impl Family for QuadraticForm {
    const NAME: &'static str = "quadratic form";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        const N: usize = 24;
        let matrix = random.normals(N * N);
        let linear = random.normals(N);
        (Self { matrix, linear }, random.normals(N))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let n = x.len();
        let a = &self.matrix;
        let partial = |i: usize| {
            let both = (0..n).map(|j| (a[n * i + j] + a[n * j + i]) * x[j]);
            self.linear[i] + 0.5 * both.sum::<f64>()
        };
        (0..n).map(partial).collect()
    }
}

/// The product of all variables, the example of Speelpenning (1980).
pub(crate) struct Product;

impl Function for Product {
    fn call<N: Real>(&self, x: &[N]) -> N {
        x[1..].iter().fold(x[0], |product, &x| product * x)
    }
}

impl Family for Product {
    const NAME: &'static str = "product";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.signeds(16, 0.6, 1.6))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let product: f64 = x.iter().product();
        x.iter().map(|x| product / x).collect()
    }
}

/// The Euclidean norm.
pub(crate) struct Norm;

impl Function for Norm {
    fn call<N: Real>(&self, x: &[N]) -> N {
        sum(x.iter().map(|&x| x * x)).sqrt()
    }
}

impl Family for Norm {
    const NAME: &'static str = "norm";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.normals(32))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let norm = self.call(x);
        x.iter().map(|x| x / norm).collect()
    }
}

/// (a' x + 3) / (1 + x' x).
pub(crate) struct Ratio {
    direction: Vec<f64>,
}

impl Function for Ratio {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let square = sum(x.iter().map(|&x| x * x));
        (dot(&self.direction, x) + N::of(3.0)) / (N::of(1.0) + square)
    }
}

impl Family for Ratio {
    const NAME: &'static str = "ratio";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let direction = random.normals(12);
        (Self { direction }, random.uniforms(12, -1.0, 1.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let below = 1.0 + x.iter().map(|x| x * x).sum::<f64>();
        let ratio = self.call(x);
        let partials = self.direction.iter().zip(x);
        partials
            .map(|(a, x)| (a - 2.0 * ratio * x) / below)
            .collect()
    }
}

/// The first half to fixed real powers; of the second half, each to the power of its neighbour.
pub(crate) struct Powers {
    exponents: Vec<f64>,
}

impl Function for Powers {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let (fixed, pairs) = x.split_at(self.exponents.len());
        let fixed = fixed.iter().zip(&self.exponents);
        sum(fixed.map(|(&x, &p)| x.pow(N::of(p)))) + sum(pairs.chunks(2).map(|p| p[0].pow(p[1])))
    }
}

impl Family for Powers {
    const NAME: &'static str = "powers";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let exponents = random.signeds(8, 0.3, 3.5);
        (Self { exponents }, random.uniforms(16, 0.5, 2.5))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let (fixed, pairs) = x.split_at(self.exponents.len());
        let fixed = fixed.iter().zip(&self.exponents);
        let pairs = pairs.chunks(2).flat_map(|p| {
            let power = p[0].powf(p[1]);
            [p[1] * power / p[0], power * p[0].ln()]
        });
        fixed
            .map(|(x, p)| p * x.powf(p - 1.0))
            .chain(pairs)
            .collect()
    }
}

/// c' x - sum log(b - A x): a linear programme with its barrier, some constraints nearly active.
pub(crate) struct LogBarrier {
    cost: Vec<f64>,
    constraints: Vec<f64>,
    limits: Vec<f64>,
}

impl Function for LogBarrier {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let rows = self.constraints.chunks(x.len()).zip(&self.limits);
        let barrier = rows.map(|(row, &limit)| (N::of(limit) - dot(row, x)).log());
        dot(&self.cost, x) - sum(barrier)
    }
}

impl Family for LogBarrier {
    const NAME: &'static str = "log barrier";
    const SINGLE: bool = false; // a slack of 0.02 has lost half of its digits in f32

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        const N: usize = 10;
        let at = random.uniforms(N, -1.0, 1.0);
        let constraints = random.normals(14 * N);
        let slack = random.uniforms(14, 0.02, 2.0);
        let limits = constraints.chunks(N).zip(slack);
        let limits = limits.map(|(row, slack)| dot(row, &at) + slack).collect();
        let cost = random.normals(N);
        let family = Self {
            cost,
            constraints,
            limits,
        };
        (family, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = self.cost.clone();
        for (row, limit) in self.constraints.chunks(x.len()).zip(&self.limits) {
            let slack = limit - dot(row, x);
            for (g, a) in gradient.iter_mut().zip(row) {
                *g += a / slack;
            }
        }
        gradient
    }
}

/// sum w exp(x / 1024): nearly a constant.
pub(crate) struct SmallExponents {
    weights: Vec<f64>,
}

impl Function for SmallExponents {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let small = N::of(1.0 / 1024.0);
        let terms = x.iter().zip(&self.weights);
        sum(terms.map(|(&x, &w)| N::of(w) * (x * small).exp()))
    }
}

impl Family for SmallExponents {
    const NAME: &'static str = "exponentials of small arguments";
    const SINGLE: bool = false; // the part that moves is a thousandth of the value

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let weights = random.uniforms(16, 0.5, 2.0);
        (Self { weights }, random.normals(16))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let terms = x.iter().zip(&self.weights);
        terms
            .map(|(x, w)| w * (x / 1024.0).exp() / 1024.0)
            .collect()
    }
}

/// 1 / sum(1 / x): resistors in parallel, from 1 to 100.
pub(crate) struct Parallel;

impl Function for Parallel {
    fn call<N: Real>(&self, x: &[N]) -> N {
        N::of(1.0) / sum(x.iter().map(|&x| N::of(1.0) / x))
    }
}

impl Family for Parallel {
    const NAME: &'static str = "parallel resistors";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let decades = random.uniforms(8, 0.0, 2.0);
        let at = decades
            .iter()
            .map(|d| random.keep(10f64.powf(*d)))
            .collect();
        (Self, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let total = self.call(x);
        x.iter().map(|x| (total / x) * (total / x)).collect()
    }
}
