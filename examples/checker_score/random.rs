//! Seeded random numbers: SplitMix64 (Steele, Lea and Flood 2014), so that a table can be printed again from its seed.
//!
//! A stream can be told that its numbers are for `f32`. Then everything it draws is exact in `f32`, so that a
//! function's data and point are the same numbers in both types, and the gradient in `f64` is the gradient of the `f32`
//! program too.

use super::problem::Precision;

/// A stream of random numbers.
pub(crate) struct Random {
    state: u64,
    precision: Precision,
}

impl Random {
    /// A stream of its own for every list of `labels` (seed, trial, purpose).
    pub(crate) fn new(precision: Precision, labels: &[u64]) -> Self {
        let mut random = Self {
            state: 0,
            precision,
        };
        for &label in labels {
            random.state ^= label;
            random.state = random.bits();
        }
        random
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1), not rounded to the precision of the stream.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [0, n).
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// `x` as the precision of the stream holds it. What is computed from draws goes through here.
    pub(crate) fn keep(&self, x: f64) -> f64 {
        self.precision.round(x)
    }

    /// Uniform between `low` and `high`.
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let u = self.unit();
        self.keep(low + (high - low) * u)
    }

    /// A random sign times a uniform number between `low` and `high`: never near 0.
    pub(crate) fn signed(&mut self, low: f64, high: f64) -> f64 {
        let sign = if self.bits() & 1 == 0 { 1.0 } else { -1.0 };
        sign * self.uniform(low, high)
    }

    /// Standard normal, by the method of Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.unit();
        self.keep(radius * angle.cos())
    }

    /// `n` numbers, uniform between `low` and `high`.
    pub(crate) fn uniforms(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| self.uniform(low, high)).collect()
    }

    /// `n` numbers away from 0, see [`signed`](Self::signed).
    pub(crate) fn signeds(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| self.signed(low, high)).collect()
    }

    /// `n` standard normal numbers.
    pub(crate) fn normals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }
}
