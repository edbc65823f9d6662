//! Test functions of optimisers: valleys, ripples, waves.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, dot, sum};
use secant::Real;
use std::f64::consts::TAU;

/// sum 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2.
pub(crate) struct Rosenbrock;

impl Function for Rosenbrock {
    fn call<N: Real>(&self, x: &[N]) -> N {
        sum(x.windows(2).map(|w| {
            let (off, left) = (w[1] - w[0] * w[0], N::of(1.0) - w[0]);
            N::of(100.0) * off * off + left * left
        }))
    }
}

impl Family for Rosenbrock {
    const NAME: &'static str = "Rosenbrock";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.uniforms(20, -1.5, 2.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        for (i, w) in x.windows(2).enumerate() {
            let off = w[1] - w[0] * w[0];
            gradient[i] += -400.0 * off * w[0] - 2.0 * (1.0 - w[0]);
            gradient[i + 1] += 200.0 * off;
        }
        gradient
    }
}

/// sum a sin(w x), and the sine of the sum of all.
pub(crate) struct Sines {
    amplitudes: Vec<f64>,
    frequencies: Vec<f64>,
}

impl Function for Sines {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let terms = x.iter().zip(&self.amplitudes).zip(&self.frequencies);
        let own = terms.map(|((&x, &a), &w)| N::of(a) * (N::of(w) * x).sin());
        sum(own) + sum(x.iter().copied()).sin()
    }
}

impl Family for Sines {
    const NAME: &'static str = "sum of sines";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let amplitudes = random.normals(32);
        let frequencies = random.uniforms(32, 0.5, 4.0);
        let family = Self {
            amplitudes,
            frequencies,
        };
        (family, random.normals(32))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let shared = x.iter().sum::<f64>().cos();
        let terms = x.iter().zip(&self.amplitudes).zip(&self.frequencies);
        terms
            .map(|((x, a), w)| a * w * (w * x).cos() + shared)
            .collect()
    }
}

/// sum a sin(50 x): a step that is small for other functions is a good part of a wave here.
pub(crate) struct FastSines {
    amplitudes: Vec<f64>,
}

impl Function for FastSines {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let waves: Vec<N> = x.iter().map(|&x| (N::of(50.0) * x).sin()).collect();
        dot(&self.amplitudes, &waves)
    }
}

impl Family for FastSines {
    const NAME: &'static str = "fast sines";
    const SINGLE: bool = false; // the argument has lost two digits before the sine is taken

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let amplitudes = random.signeds(8, 0.5, 2.0);
        (Self { amplitudes }, random.normals(8))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let terms = x.iter().zip(&self.amplitudes);
        terms.map(|(x, a)| 50.0 * a * (50.0 * x).cos()).collect()
    }
}

/// -20 exp(-sqrt(mean x^2) / 5) - exp(mean cos(2 pi x)) + 20 + e (Ackley 1987).
pub(crate) struct Ackley;

impl Function for Ackley {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let n = N::of(x.len() as f64);
        let radius = (sum(x.iter().map(|&x| x * x)) / n).sqrt();
        let tau = N::of(2.0) * N::pi();
        let ripple = sum(x.iter().map(|&x| (tau * x).cos())) / n;
        let bowl = N::of(-20.0) * (-radius / N::of(5.0)).exp();
        bowl - ripple.exp() + N::of(20.0) + N::of(1.0).exp()
    }
}

impl Family for Ackley {
    const NAME: &'static str = "Ackley";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.uniforms(12, -2.0, 2.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let n = x.len() as f64;
        let radius = (x.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
        let ripple = x.iter().map(|x| (TAU * x).cos()).sum::<f64>() / n;
        let bowl = 4.0 * (-radius / 5.0).exp() / (n * radius);
        let wave = TAU / n * ripple.exp();
        x.iter()
            .map(|x| bowl * x + wave * (TAU * x).sin())
            .collect()
    }
}

/// 10 n + sum x^2 - 10 cos(2 pi x) (Rastrigin 1974).
pub(crate) struct Rastrigin;

impl Function for Rastrigin {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let tau = N::of(2.0) * N::pi();
        let ten = N::of(10.0);
        sum(x.iter().map(|&x| x * x - ten * (tau * x).cos() + ten))
    }
}

impl Family for Rastrigin {
    const NAME: &'static str = "Rastrigin";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.uniforms(16, -3.0, 3.0))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        x.iter()
            .map(|x| 2.0 * x + 10.0 * TAU * (TAU * x).sin())
            .collect()
    }
}
