//! A function of which only values are known, as an oracle.

use super::search::Oracle;
use crate::number::Dd;
use crate::oracle::{Claim, Estimate, Ladder, Slope, ladder};
use std::cell::Cell;

/// Noise that was measured along so many directions is taken to be the function's.
const ENOUGH: u32 = 2;

/// A function of a flat vector at a point, ready to be asked for derivatives along directions.
pub(super) struct BlackBox<'f> {
    f: &'f dyn Fn(&[f64]) -> f64,
    x: &'f [f64],
    base: f64,
    unit: f64,
    /// The borders of the domain, for every element.
    domain: [f64; 2],
    /// What a value may be off beyond rounding.
    noise: f64,
    /// The magnitude of all contributions of the claim together: what a derivative is measured by.
    size: f64,
    variation: f64,
    /// The smallest noise that was measured, and along how many directions.
    least: (f64, u32),
    /// A copy of `x`, to be moved.
    moved: Vec<f64>,
    pub(super) evaluations: Cell<usize>,
}

impl<'f> BlackBox<'f> {
    pub(super) fn new(f: &'f dyn Fn(&[f64]) -> f64, x: &'f [f64], base: f64, unit: f64) -> Self {
        Self {
            f,
            x,
            base,
            unit,
            domain: [f64::NEG_INFINITY, f64::INFINITY],
            noise: 0.0,
            size: 0.0,
            variation: 0.0,
            least: (f64::INFINITY, 0),
            moved: x.to_vec(),
            evaluations: Cell::new(0),
        }
    }

    pub(super) fn within(mut self, domain: [f64; 2]) -> Self {
        self.domain = domain;
        self
    }

    /// With a noise that is known, and the magnitude of what the claim adds up.
    pub(super) fn measured(mut self, noise: f64, size: f64) -> Self {
        self.noise = noise;
        self.size = size;
        self
    }

    /// What each element moves by: a power of two next to its size, or, where it is small, next to a thousandth of
    /// what the largest has (of 1, if that is larger).
    pub(super) fn scales(x: &[f64]) -> Vec<f64> {
        let finite = x.iter().map(|x| x.abs()).filter(|x| x.is_finite());
        let least = match finite.fold(0.0, f64::max) {
            0.0 => 1.0,
            largest => f64::min(largest, 1.0),
        };
        x.iter().map(|&x| ladder::scale(x, least)).collect()
    }

    /// The value at a distance `t` along a direction; none outside the domain. It leaves `moved` there.
    fn at(&self, moved: &mut [f64], direction: &[(u32, f64)], t: f64) -> f64 {
        let [low, high] = self.domain;
        let mut inside = true;
        for &(i, weight) in direction {
            let i = i as usize;
            moved[i] = self.x[i] + t * weight;
            inside &= moved[i] >= low && moved[i] <= high;
        }
        if !inside {
            return f64::NAN;
        }
        self.evaluations.set(self.evaluations.get() + 1);
        (self.f)(moved)
    }

    /// With a claim that the slope is to be held against, unless it is to be thorough (`enough` is 0).
    fn along(
        &mut self,
        direction: &[(u32, f64)],
        enough: f64,
        claim: Option<&Claim>,
    ) -> (Slope, f64) {
        let mut moved = std::mem::take(&mut self.moved);
        let line = |t| self.at(&mut moved, direction, t);
        let mut ladder = Ladder::new(line, self.base, self.unit).with_noise(self.noise);
        let slope = match (enough, claim) {
            (0.0, _) => ladder.thorough(),
            (_, Some(claim)) => ladder.slope_near(claim, enough),
            (_, None) => ladder.slope(enough),
        };
        let (variation, hidden) = (ladder.variation(), ladder.hidden_noise());
        let measured = ladder.noise();
        drop(ladder);
        for &(i, _) in direction {
            moved[i as usize] = self.x[i as usize];
        }
        // what one direction found is true of the others
        self.noise = self.noise.max(hidden);
        // noise may be no more than what the function does along this direction; but hardly if others have as much
        if let Some(noise) = measured.filter(|noise| noise.is_finite()) {
            self.least = (self.least.0.min(noise), self.least.1 + 1);
            if self.least.1 >= ENOUGH {
                self.noise = self.noise.max(self.least.0);
            }
        }
        self.moved = moved;
        (slope, variation)
    }

    /// The derivative along a direction, thorough if `enough` is 0.
    pub(super) fn slope_along(&mut self, direction: &[(u32, f64)], enough: f64) -> Slope {
        let (slope, variation) = self.along(direction, enough, None);
        self.variation = variation;
        // one small element: perhaps it must move relative to itself
        if let (0.0, &[(i, weight)], Slope::Smooth(coarse)) = (enough, direction, slope) {
            let own = self.x[i as usize].abs();
            let factor = ladder::scale(own, own) / weight.abs();
            if factor < 0.1 && own != 0.0 {
                let (finer, _) = self.along(&[(i, factor * weight)], enough, None);
                if let Slope::Smooth(fine) | Slope::Still(fine) = finer {
                    let fine = Estimate {
                        value: fine.value / factor,
                        error: fine.error / factor,
                    };
                    if fine.error < coarse.error || !coarse.error.is_finite() {
                        return Slope::Smooth(fine);
                    }
                }
            }
        }
        slope
    }
}

impl Oracle for BlackBox<'_> {
    fn slope(&mut self, direction: &[(u32, f64)], enough: f64) -> Slope<Dd> {
        self.slope_along(direction, enough).map(Estimate::widened)
    }

    fn slope_near(&mut self, direction: &[(u32, f64)], enough: f64, claim: &Claim) -> Slope<Dd> {
        if enough == 0.0 {
            return self.slope(direction, enough);
        }
        let (slope, variation) = self.along(direction, enough, Some(claim));
        self.variation = variation;
        slope.map(Estimate::widened)
    }

    fn is_measured(&self) -> bool {
        true
    }

    fn floor(&self) -> f64 {
        ladder::expected_error(self.base.abs(), self.unit)
    }

    fn enough(&self, tolerance: f64, visible: f64) -> f64 {
        let visible = if visible.is_finite() { visible } else { 0.0 };
        (0.05 * tolerance).max(0.1 * visible)
    }

    fn natural(&self, size: f64) -> f64 {
        size.max(self.size).max(self.variation)
    }
}
