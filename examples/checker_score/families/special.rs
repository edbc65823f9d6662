//! Special functions.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, dot, sum};
use secant::{Number, Real};
use std::f64::consts::{FRAC_2_SQRT_PI, TAU};

/// sum a erf(x), and the normal distribution function of the products of neighbours.
pub(crate) struct ErrorFunctions {
    amplitudes: Vec<f64>,
}

impl Function for ErrorFunctions {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let steps: Vec<N> = x.iter().map(|x| x.erf()).collect();
        let products = x.windows(2).map(|w| (w[0] * w[1]).normal_cdf());
        dot(&self.amplitudes, &steps) + sum(products)
    }
}

impl Family for ErrorFunctions {
    const NAME: &'static str = "error functions";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let amplitudes = random.signeds(16, 0.5, 2.0);
        (Self { amplitudes }, random.uniforms(16, -1.5, 1.5))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let steps = x.iter().zip(&self.amplitudes);
        let mut gradient: Vec<f64> = steps
            .map(|(x, a)| a * FRAC_2_SQRT_PI * (-x * x).exp())
            .collect();
        for (i, w) in x.windows(2).enumerate() {
            let product = w[0] * w[1];
            let density = (-0.5 * product * product).exp() / TAU.sqrt();
            gradient[i] += density * w[1];
            gradient[i + 1] += density * w[0];
        }
        gradient
    }
}

/// Minus the log-likelihood of one point of the simplex under a Dirichlet distribution, by its parameters.
pub(crate) struct Dirichlet {
    logarithms: Vec<f64>,
}

impl Function for Dirichlet {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let total = sum(x.iter().copied());
        let powers: Vec<N> = x.iter().map(|&x| x - N::of(1.0)).collect();
        sum(x.iter().map(|x| x.lgamma())) - total.lgamma() - dot(&self.logarithms, &powers)
    }
}

impl Family for Dirichlet {
    const NAME: &'static str = "Dirichlet likelihood";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let logarithms = random.uniforms(8, -4.0, -1.0);
        (Self { logarithms }, random.uniforms(8, 0.3, 5.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let total = x.iter().sum::<f64>().polygamma(0);
        let terms = x.iter().zip(&self.logarithms);
        terms
            .map(|(x, logarithm)| x.polygamma(0) - total - logarithm)
            .collect()
    }
}

/// Minus the log-likelihood of three angles each under six von Mises distributions, by (direction, concentration).
pub(crate) struct VonMises {
    angles: Vec<f64>,
}

impl Function for VonMises {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let groups = x.chunks(2).zip(self.angles.chunks(3));
        sum(groups.map(|(p, angles)| {
            let fit = sum(angles.iter().map(|&a| (N::of(a) - p[0]).cos()));
            N::of(3.0) * p[1].bessel_i(0).log() - p[1] * fit
        }))
    }
}

impl Family for VonMises {
    const NAME: &'static str = "von Mises likelihood";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let angles = random.uniforms(18, -3.0, 3.0);
        let at = (0..6).flat_map(|_| [random.uniform(-2.0, 2.0), random.uniform(0.5, 6.0)]);
        let at = at.collect();
        (Self { angles }, at)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let groups = x.chunks(2).zip(self.angles.chunks(3));
        let partials = |(p, angles): (&[f64], &[f64])| {
            let fit: f64 = angles.iter().map(|a| (a - p[0]).cos()).sum();
            let pull: f64 = angles.iter().map(|a| (a - p[0]).sin()).sum();
            let mean = p[1].bessel_i(1) / p[1].bessel_i(0);
            [-p[1] * pull, 3.0 * mean - fit]
        };
        groups.flat_map(partials).collect()
    }
}
