//! Losses of statistics and learning, with their gradients propagated back by hand.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, dot, log_sum_exp, softmax, sum};
use secant::Real;

/// log(sum(exp(x))).
pub(crate) struct LogSumExp;

impl Function for LogSumExp {
    fn call<N: Real>(&self, x: &[N]) -> N {
        log_sum_exp(x)
    }
}

impl Family for LogSumExp {
    const NAME: &'static str = "log-sum-exp";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.uniforms(32, -4.0, 4.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        softmax(x)
    }
}

/// A linear classifier of six features in four classes: the cross-entropy of eight examples.
pub(crate) struct CrossEntropy {
    examples: Vec<f64>,
    classes: Vec<usize>,
}

impl CrossEntropy {
    const FEATURES: usize = 6;
    const CLASSES: usize = 4;

    fn examples(&self) -> impl Iterator<Item = (&[f64], usize)> {
        let classes = self.classes.iter().copied();
        self.examples.chunks(Self::FEATURES).zip(classes)
    }

    fn scores<N: Real>(weights: &[N], features: &[f64]) -> Vec<N> {
        let rows = weights.chunks(Self::FEATURES);
        rows.map(|row| dot(features, row)).collect()
    }
}

impl Function for CrossEntropy {
    fn call<N: Real>(&self, x: &[N]) -> N {
        sum(self.examples().map(|(features, class)| {
            let scores = Self::scores(x, features);
            log_sum_exp(&scores) - scores[class]
        }))
    }
}

impl Family for CrossEntropy {
    const NAME: &'static str = "softmax cross-entropy";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let examples = random.normals(8 * Self::FEATURES);
        let classes = (0..8).map(|_| random.below(Self::CLASSES)).collect();
        let at = random.normals(Self::CLASSES * Self::FEATURES);
        (Self { examples, classes }, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        for (features, class) in self.examples() {
            let shares = softmax(&Self::scores(x, features));
            for (k, row) in gradient.chunks_mut(Self::FEATURES).enumerate() {
                let miss = shares[k] - f64::from(u8::from(k == class));
                for (g, feature) in row.iter_mut().zip(features) {
                    *g += miss * feature;
                }
            }
        }
        gradient
    }
}

/// A network 5-6-1 with tanh or relu, and half the mean square error of four examples. The parameters are the weights
/// of the hidden layer, row by row, its biases, the weights of the output and its bias.
pub(crate) struct Network<const RELU: bool> {
    examples: Vec<f64>,
    targets: Vec<f64>,
}

/// Inputs, hidden units and examples of a [`Network`].
const INPUTS: usize = 5;
const HIDDEN: usize = 6;
const EXAMPLES: usize = 4;

impl<const RELU: bool> Network<RELU> {
    /// What the hidden units see of one example.
    fn hidden<N: Real>(x: &[N], example: &[f64]) -> Vec<N> {
        let (weights, rest) = x.split_at(INPUTS * HIDDEN);
        let rows = weights.chunks(INPUTS).zip(rest);
        rows.map(|(row, &bias)| dot(example, row) + bias).collect()
    }

    fn activation<N: Real>(seen: N) -> N {
        if RELU {
            seen.max(N::of(0.0))
        } else {
            seen.tanh()
        }
    }

    fn output<N: Real>(x: &[N], seen: &[N]) -> N {
        let outer = &x[INPUTS * HIDDEN + HIDDEN..];
        let terms = seen.iter().zip(outer);
        sum(terms.map(|(&seen, &w)| w * Self::activation(seen))) + outer[HIDDEN]
    }
}

impl<const RELU: bool> Function for Network<RELU> {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let examples = self.examples.chunks(INPUTS).zip(&self.targets);
        let squares = examples.map(|(example, &target)| {
            let miss = Self::output(x, &Self::hidden(x, example)) - N::of(target);
            miss * miss
        });
        N::of(0.5 / EXAMPLES as f64) * sum(squares)
    }
}

impl<const RELU: bool> Family for Network<RELU> {
    const NAME: &'static str = if RELU { "relu network" } else { "tanh network" };
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        // A relu unit that sees almost 0 has its kink next to the point: such a draw is thrown away.
        const FAR: f64 = 0.05;
        loop {
            let family = Self {
                examples: random.normals(EXAMPLES * INPUTS),
                targets: random.normals(EXAMPLES),
            };
            let at = random.uniforms(INPUTS * HIDDEN + 2 * HIDDEN + 1, -1.0, 1.0);
            let mut examples = family.examples.chunks(INPUTS);
            let far = |example| Self::hidden(&at, example).iter().all(|s| s.abs() > FAR);
            if !RELU || examples.all(far) {
                return (family, at);
            }
        }
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        let outer = INPUTS * HIDDEN + HIDDEN;
        for (example, target) in self.examples.chunks(INPUTS).zip(&self.targets) {
            let seen = Self::hidden(x, example);
            let miss = (Self::output(x, &seen) - target) / EXAMPLES as f64;
            gradient[outer + HIDDEN] += miss;
            for (j, &seen) in seen.iter().enumerate() {
                let activation = Self::activation(seen);
                let slope = match RELU {
                    true => f64::from(u8::from(seen > 0.0)),
                    false => 1.0 / (seen.cosh() * seen.cosh()),
                };
                gradient[outer + j] += miss * activation;
                let back = miss * x[outer + j] * slope;
                gradient[INPUTS * HIDDEN + j] += back;
                for (k, input) in example.iter().enumerate() {
                    gradient[INPUTS * j + k] += back * input;
                }
            }
        }
        gradient
    }
}

/// Logistic regression of twenty examples with a ridge: sum log(1 + exp(-y a' x)) + x' x / 8.
pub(crate) struct Logistic {
    examples: Vec<f64>,
}

impl Function for Logistic {
    fn call<N: Real>(&self, x: &[N]) -> N {
        // the sign of the label is part of the example
        let losses = self.examples.chunks(x.len());
        let losses = losses.map(|example| (-dot(example, x)).exp().log1p());
        sum(losses) + N::of(0.125) * sum(x.iter().map(|&x| x * x))
    }
}

impl Family for Logistic {
    const NAME: &'static str = "logistic regression";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let examples = random.normals(20 * 16);
        (Self { examples }, random.normals(16))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient: Vec<f64> = x.iter().map(|x| 0.25 * x).collect();
        for example in self.examples.chunks(x.len()) {
            let share = 1.0 / (1.0 + dot(example, x).exp());
            for (g, a) in gradient.iter_mut().zip(example) {
                *g -= share * a;
            }
        }
        gradient
    }
}

/// Minus the log-likelihood of ten points in the plane under a mixture of three round Gaussians. The parameters are
/// three log weights, three centres, three log deviations.
pub(crate) struct Mixture {
    points: Vec<f64>,
}

impl Mixture {
    /// For one point and each Gaussian: the log density up to a constant, and the square of the scaled distance.
    fn densities<N: Real>(x: &[N], point: &[f64]) -> Vec<(N, N)> {
        let density = |k: usize| {
            let (weight, centre, deviation) = (x[k], &x[3 + 2 * k..], x[9 + k]);
            let (dx, dy) = (N::of(point[0]) - centre[0], N::of(point[1]) - centre[1]);
            let square = (dx * dx + dy * dy) * (N::of(-2.0) * deviation).exp();
            let two = N::of(2.0);
            (weight - two * deviation - square / two, square)
        };
        (0..3).map(density).collect()
    }

    fn logarithms<N: Real>(densities: &[(N, N)]) -> Vec<N> {
        densities.iter().map(|d| d.0).collect()
    }
}

impl Function for Mixture {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let points = self.points.chunks(2);
        let weights = log_sum_exp(&x[..3]);
        sum(points.map(|point| {
            let densities = Self::densities(x, point);
            weights - log_sum_exp(&Self::logarithms(&densities))
        }))
    }
}

impl Family for Mixture {
    const NAME: &'static str = "Gaussian mixture";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let points = random.uniforms(20, -2.0, 2.0);
        let mut at = random.uniforms(3, -1.0, 1.0);
        at.extend(random.uniforms(6, -1.5, 1.5));
        at.extend(random.uniforms(3, -0.5, 0.5));
        (Self { points }, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        let weights = softmax(&x[..3]);
        for point in self.points.chunks(2) {
            let densities = Self::densities(x, point);
            let shares = softmax(&Self::logarithms(&densities));
            for (k, (share, (_, square))) in shares.iter().zip(densities).enumerate() {
                let precision = (-2.0 * x[9 + k]).exp();
                gradient[k] += weights[k] - share;
                for axis in 0..2 {
                    let off = point[axis] - x[3 + 2 * k + axis];
                    gradient[3 + 2 * k + axis] -= share * precision * off;
                }
                gradient[9 + k] += share * (2.0 - square);
            }
        }
        gradient
    }
}
