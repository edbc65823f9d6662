//! Ordinary functions at unordinary scales: what an absolute tolerance or a fixed step does not expect.

use super::super::ours::Function;
use super::super::random::Random;
use super::{Family, sum};
use secant::Real;

/// sum x_i sin(x_(i+1)) + x_i^2 / 2 around a ring: ordinary, of the order of its number of variables.
fn ordinary<N: Real>(x: &[N]) -> N {
    let n = x.len();
    sum((0..n).map(|i| x[i] * x[(i + 1) % n].sin() + N::of(0.5) * x[i] * x[i]))
}

fn ordinary_gradient(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let partial = |i: usize| x[(i + 1) % n].sin() + x[(i + n - 1) % n] * x[i].cos() + x[i];
    (0..n).map(partial).collect()
}

/// What [`Rescaled`] does to an ordinary function: `(offset + scale f) - taken`.
struct Change {
    name: &'static str,
    scale: f64,
    offset: f64,
    taken: f64,
    single: bool,
}

const CHANGES: [Change; 4] = [
    Change {
        name: "scale 1e150",
        scale: 1e150,
        offset: 0.0,
        taken: 0.0,
        single: false,
    },
    Change {
        name: "scale 1e-150",
        scale: 1e-150,
        offset: 0.0,
        taken: 0.0,
        single: false,
    },
    Change {
        name: "offset 1e6",
        scale: 1.0,
        offset: 1e6,
        taken: 0.0,
        single: false,
    },
    Change {
        name: "cancellation",
        scale: 0.01,
        offset: 1e4,
        taken: 1e4,
        single: false,
    },
];

/// An ordinary function of 16 variables, scaled and shifted.
pub(crate) struct Rescaled<const CHANGE: usize>;

impl<const CHANGE: usize> Function for Rescaled<CHANGE> {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let change = &CHANGES[CHANGE];
        let scaled = N::of(change.scale) * ordinary(x);
        (N::of(change.offset) + scaled) - N::of(change.taken)
    }
}

impl<const CHANGE: usize> Family for Rescaled<CHANGE> {
    const NAME: &'static str = CHANGES[CHANGE].name;
    const SINGLE: bool = CHANGES[CHANGE].single;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        (Self, random.uniforms(16, -1.5, 1.5))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let gradient = ordinary_gradient(x);
        let scale = CHANGES[CHANGE].scale;
        gradient.iter().map(|g| scale * g).collect()
    }
}

/// An ordinary function of variables in different units: 1e6, 1 and 1e-3.
pub(crate) struct MixedInputs;

impl MixedInputs {
    const UNITS: [f64; 3] = [1e6, 1.0, 1e-3];

    fn in_units<N: Real>(x: &[N]) -> Vec<N> {
        let units = Self::UNITS.into_iter().cycle();
        x.iter().zip(units).map(|(&x, u)| x / N::of(u)).collect()
    }
}

impl Function for MixedInputs {
    fn call<N: Real>(&self, x: &[N]) -> N {
        ordinary(&Self::in_units(x))
    }
}

impl Family for MixedInputs {
    const NAME: &'static str = "mixed scales of inputs";
    const SINGLE: bool = true;

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        let units = Self::UNITS.into_iter().cycle();
        let at = units.take(15).map(|u| random.signed(0.3 * u, 1.5 * u));
        (Self, at.collect())
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let gradient = ordinary_gradient(&Self::in_units(x));
        let units = Self::UNITS.into_iter().cycle();
        gradient.iter().zip(units).map(|(g, u)| g / u).collect()
    }
}

/// sum w sin(x) with weights that fall from 1 to 1e-9: large elements of the gradient hide small ones.
pub(crate) struct MixedGradients {
    weights: Vec<f64>,
}

impl Function for MixedGradients {
    fn call<N: Real>(&self, x: &[N]) -> N {
        let terms = x.iter().zip(&self.weights);
        sum(terms.map(|(&x, &w)| N::of(w) * x.sin()))
    }
}

impl Family for MixedGradients {
    const NAME: &'static str = "mixed scales of gradients";
    const SINGLE: bool = false; // its last elements are far below the rounding of the value

    fn draw(random: &mut Random) -> (Self, Vec<f64>) {
        const N: usize = 16;
        let weights = (0..N).map(|i| 1e-9f64.powf(i as f64 / (N - 1) as f64));
        let weights = weights.collect();
        (Self { weights }, random.uniforms(N, -1.2, 1.2))
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let terms = x.iter().zip(&self.weights);
        terms.map(|(x, w)| w * x.cos()).collect()
    }
}
