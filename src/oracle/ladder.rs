//! The derivative of a black box: a function of which nothing is known but its values, in the arithmetic that it has.
//!
//! Values are taken on a ladder of steps, each half the one above, and extrapolated over four rungs (Richardson), which
//! leaves an error of eighth order in the step. Of all windows of four the one with the smallest error counts: what the
//! last extrapolation still changed, and what rounding can do. That is eight values where the function is tame.
//!
//! Where it is not (an oscillation that the upper rungs alias, a border of the domain, a kink near by), the ladder goes on
//! downwards; and who is about to call a gradient wrong asks for a [`thorough`](Ladder::thorough) look: the whole ladder,
//! the rounding noise measured at eight spacings, and the derivatives from either side. A central difference next
//! to a kink converges, with a tiny spread, to something that is no derivative.
//!
//! Steps are short binary fractions, so that `x + t d` is exact for directions that are short binary fractions of `x`.

use super::noise::{Noise, SPACINGS};
use super::{Estimate, Slope};
use smallvec::SmallVec;

/// The step of the first rung, relative to what the direction moves by: five bits and a half. A power of two
/// would be a whole number of periods of too many functions.
const FIRST: f64 = 5.0 / 128.0;

/// How many rungs are extrapolated together.
const WINDOW: usize = 4;

/// What the magnitudes of the weights of an extrapolation add up to at most, by step.
const WEIGHTS: f64 = 2.0;

/// What an evaluation is taken to be off, in units of the arithmetic's roundoff, until it is measured.
const ASSUMED: f64 = 8.0;

/// The lowest rung in double precision.
const LOWEST: f64 = 1e-12;

/// The longest step, where rounding hides what shorter ones would show.
const LONGEST: f64 = 8.0 * FIRST;

/// Without a thorough look the ladder goes down this far, relative to its first step.
const PATIENCE: f64 = 1.0 / 8192.0;

/// The step of a [`glimpse`](Ladder::glimpse).
const GLIMPSE: f64 = 5.0 / (1u32 << 22) as f64;

/// The power of two next to |x|, or next to `least` where that is larger: what an argument moves by.
pub(crate) fn scale(x: f64, least: f64) -> f64 {
    let size = if x == 0.0 {
        least
    } else {
        x.abs().max(1e-3 * least)
    };
    match size.is_finite() && size > 0.0 {
        true => power_of_two(size),
        false => 1.0,
    }
}

/// The power of two next to a positive number, by ratio, but not below 2^-1000 or above 2^1000.
fn power_of_two(x: f64) -> f64 {
    let bits = x.clamp(2f64.powi(-1000), 2f64.powi(1000)).to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let is_above = fraction > std::f64::consts::SQRT_2.to_bits() & ((1 << 52) - 1);
    f64::from_bits(((bits >> 52) + u64::from(is_above)) << 52)
}

/// Coarse arithmetic wants long steps.
fn first(unit: f64) -> f64 {
    if unit > 1e-10 { 4.0 * FIRST } else { FIRST }
}

/// The error that is to be expected of a function of size `size` where it is tame.
pub fn expected_error(size: f64, unit: f64) -> f64 {
    2.0 * ASSUMED * unit * size / (first(unit) / f64::from(1 << (WINDOW - 1)))
}

/// So many quotients in a row, each steeper than the one before, have no limit.
const STEEP: usize = 12;

/// The derivative from one side.
enum Side {
    /// The function has no values there.
    Absent,
    /// Infinite.
    Steep(Estimate),
    Slope(Estimate),
}

/// What somebody claims a slope to be.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The slope.
    pub value: f64,
    /// What its own rounding may have done to it.
    pub within: f64,
    /// An estimate that meets it may have this error.
    pub error: f64,
}

#[derive(Clone, Copy)]
struct Rung {
    step: f64,
    up: f64,
    down: f64,
}

impl Rung {
    fn is_finite(&self) -> bool {
        self.up.is_finite() && self.down.is_finite()
    }
}

/// A function of one variable near 0, and what was asked of it.
pub struct Ladder<F> {
    f: F,
    base: f64,
    unit: f64,
    jitter: f64,
    first: f64,
    rungs: SmallVec<[Rung; 8]>,
    noise: Noise,
}

impl<F: FnMut(f64) -> f64> Ladder<F> {
    /// The ladder of `f`, whose value at 0 is `base`. `unit` is the roundoff of its arithmetic.
    pub fn new(f: F, base: f64, unit: f64) -> Self {
        Self {
            f,
            base,
            unit,
            jitter: 0.0,
            first: first(unit),
            rungs: SmallVec::new(),
            noise: Noise::default(),
        }
    }

    /// For a function whose values are off by `noise` beyond their own rounding: because steps are not exact, or because
    /// it is not repeatable.
    pub fn with_noise(mut self, noise: f64) -> Self {
        self.jitter = noise;
        self
    }

    /// With another first step, for who knows that the function is tame there only. It must be a short binary fraction, as
    /// those are that [`reach`](Self::reach) gives.
    pub fn starting_at(mut self, step: f64) -> Self {
        self.first = step;
        self
    }

    /// The noise that the estimate was held to, if any was measured.
    pub fn noise(&self) -> Option<f64> {
        let window = self.sharpest().filter(|_| self.noise.is_measured())?;
        Some(self.rounding(window) * window[WINDOW - 1].step)
    }

    /// The first step of the window that the estimate came from.
    pub fn reach(&self) -> f64 {
        self.sharpest().map_or(self.first, |window| window[0].step)
    }

    fn sharpest(&self) -> Option<&[Rung]> {
        let windows = self.rungs.windows(WINDOW);
        windows.min_by(|a, b| self.central(a).error.total_cmp(&self.central(b).error))
    }

    /// Where to start with the next function, if that is much the same: a step above the best window, because it may have
    /// become tamer; but at the same place if a claim was met there.
    pub fn next(&self) -> f64 {
        match self.rungs.len() < WINDOW {
            true => self.first,
            false => 2.0 * self.reach(),
        }
    }

    /// What a thorough look found that values are off by beyond the rounding that is assumed: digits that cancellation took.
    pub fn hidden_noise(&self) -> f64 {
        let noise = self.noise.of_grain();
        match noise > ASSUMED * self.unit * self.base.abs() {
            true => noise,
            false => 0.0,
        }
    }

    /// How much the function varied over the steps of the upper rungs, as a slope: what its derivative is measured by.
    pub fn variation(&self) -> f64 {
        let finite = self.rungs.iter().filter(|rung| rung.is_finite());
        let slope = |rung: &Rung| {
            let (up, down) = ((rung.up - self.base).abs(), (rung.down - self.base).abs());
            up.max(down) / rung.step
        };
        finite.take(WINDOW).map(slope).fold(0.0, f64::max)
    }

    fn is_flat(&self, rung: &Rung) -> bool {
        rung.up == self.base && rung.down == self.base
    }

    fn rung(&mut self, step: f64) -> Rung {
        let (up, down) = ((self.f)(step), (self.f)(-step));
        Rung { step, up, down }
    }

    fn climb_down(&mut self) {
        let step = self.rungs.last().map_or(self.first, |rung| rung.step / 2.0);
        let rung = self.rung(step);
        self.rungs.push(rung);
    }

    /// [`slope`](Self::slope), for who holds it against a claim: with four values, or six, where these meet it.
    ///
    /// Few values have a larger error than eight, and no better one is stated. But they are not asked to be right by it:
    /// they and the claim must be the same number to within rounding. A claim that is wrong would have to be off by just
    /// what the extrapolation is off. And what deceives the lower rungs of a window deceives the window: the steps of the
    /// others are multiples of theirs.
    pub fn slope_near(&mut self, claim: &Claim, enough: f64) -> Slope {
        if self.base.is_finite() && self.rungs.is_empty() {
            for k in (0..WINDOW as i32).rev() {
                let rung = self.rung(self.first * 0.5f64.powi(k));
                self.rungs.insert(0, rung);
                if let 2 | 3 = self.rungs.len()
                    && let Some(found) = self.meets(claim)
                {
                    return Slope::Smooth(found);
                }
            }
        }
        self.slope(enough)
    }

    /// The slope by two values, if that is what is claimed: at a step so small that truncation hides behind rounding. That
    /// sees no more than some 1e-9 of what the function adds up, and is asked only where a claim may be off by much more.
    pub fn glimpse(&mut self, claim: &Claim) -> Option<Estimate> {
        let allowed = |rounding: f64| claim.within + WEIGHTS * rounding;
        let level = Rung {
            step: GLIMPSE,
            up: self.base,
            down: self.base,
        };
        if 4.0 * allowed(self.rounding(&[level])) > claim.error {
            return None;
        }
        let rung = [self.rung(GLIMPSE)];
        let rounding = self.rounding(&rung);
        let value = (rung[0].up - rung[0].down) / (2.0 * GLIMPSE);
        let bend = (rung[0].up - self.base - (self.base - rung[0].down)) / GLIMPSE;
        // of a third derivative that is about the second's square over the first
        let truncation = 10.0 * bend * (bend / value);
        let found = Estimate {
            value,
            error: rounding + truncation.abs(),
        };
        let is_met = (value - claim.value).abs() <= allowed(rounding)
            && claim.within + found.error < claim.error;
        is_met.then_some(found)
    }

    /// The slope by all rungs, if that is what is claimed. The weights of an extrapolation add up to less than 2, which is how
    /// often it has the rounding of its last quotient.
    fn meets(&self, claim: &Claim) -> Option<Estimate> {
        if self.rungs.iter().all(|rung| self.is_flat(rung)) {
            return None;
        }
        let found = self.central(&self.rungs);
        let off = (found.value - claim.value).abs();
        let is_met = off <= claim.within + WEIGHTS * self.rounding(&self.rungs)
            && claim.within + found.error <= claim.error;
        (is_met && !self.bends()).then_some(found)
    }

    /// The derivative at 0. An error of `enough` needs no improvement.
    pub fn slope(&mut self, enough: f64) -> Slope {
        if !self.base.is_finite() {
            return Slope::Smooth(Estimate::UNKNOWN);
        }
        if self.survey(enough) {
            return self.still();
        }
        let best = self.best();
        match self.bends() || !best.error.is_finite() {
            true => self.descend(),
            false => Slope::Smooth(best),
        }
    }

    /// The derivative at 0 as well as it can be known, and whether there is one.
    pub fn thorough(&mut self) -> Slope {
        if !self.base.is_finite() {
            return Slope::Smooth(Estimate::UNKNOWN);
        }
        if self.survey(0.0) {
            return self.still();
        }
        match !self.bends() && self.holds_below() {
            true => Slope::Smooth(self.best()),
            false => self.descend(),
        }
    }

    /// Goes down as long as the function is not tame, and up where rounding is all that is left and steps may be longer.
    /// Returns whether nothing moved at all.
    fn survey(&mut self, enough: f64) -> bool {
        while self.rungs.len() < WINDOW {
            self.climb_down();
        }
        loop {
            let window = &self.rungs[self.rungs.len() - WINDOW..];
            if window.iter().all(|rung| self.is_flat(rung)) {
                // a staircase has moved before
                if self.rungs.iter().all(|rung| self.is_flat(rung)) {
                    return true;
                }
                break;
            }
            let Estimate { error, .. } = self.central(window);
            let floor = self.rounding(window);
            if error <= enough || error - floor <= floor {
                break;
            }
            if window[WINDOW - 1].step <= PATIENCE * self.first {
                break;
            }
            self.climb_down();
        }
        while self.rungs[0].step < LONGEST && self.best().error > enough {
            let below = self.central(&self.rungs[..WINDOW]);
            if below.error > 2.0 * self.rounding(&self.rungs[..WINDOW]) {
                break;
            }
            let rung = self.rung(2.0 * self.rungs[0].step);
            self.rungs.insert(0, rung);
            // a longer step may look tame by accident
            let above = self.central(&self.rungs[..WINDOW]);
            let is_tame = above.error <= 2.0 * self.rounding(&self.rungs[..WINDOW]);
            if !is_tame || (above.value - below.value).abs() > below.error {
                self.rungs.remove(0);
                break;
            }
        }
        false
    }

    /// Whether two much smaller scales, where rounding is measured and not assumed, say the same.
    fn holds_below(&mut self) -> bool {
        self.noise.measure(&mut self.f, self.first, &SPACINGS[2..5]);
        let (best, variation) = (self.best(), self.variation());
        [12, 20].into_iter().all(|halvings| {
            let step = self.first / f64::from(1 << halvings);
            let rungs = [self.rung(step), self.rung(step / 2.0)];
            if !rungs.iter().all(Rung::is_finite) || rungs.iter().any(|rung| self.is_flat(rung)) {
                return false;
            }
            let quotients = rungs.map(|rung| (rung.up - rung.down) / (2.0 * rung.step));
            let value = (4.0 * quotients[1] - quotients[0]) / 3.0;
            let error = (value - quotients[1]).abs() + self.rounding(&rungs);
            let bend = (rungs[0].up - self.base - (self.base - rungs[0].down)).abs() / step;
            let negligible = 1e-3 * variation;
            error <= negligible
                && bend <= negligible + error
                && (value - best.value).abs() <= error + best.error
        })
    }

    /// The whole ladder, and what it says of either side.
    fn descend(&mut self) -> Slope {
        // below, steps are no longer exact
        let lowest = LOWEST.max(64.0 * self.unit);
        while self.rungs[self.rungs.len() - 1].step > 2.0 * lowest {
            self.climb_down();
        }
        self.noise.measure(&mut self.f, self.first, &SPACINGS);
        if self.rungs.iter().all(|rung| self.is_flat(rung)) {
            return self.still();
        }
        let left = self.side(|rung| rung.down, -1.0);
        let right = self.side(|rung| rung.up, 1.0);
        match (left, right) {
            // the border of the domain: there is one side only
            (Side::Absent, Side::Slope(only)) | (Side::Slope(only), Side::Absent) => {
                Slope::Smooth(only)
            }
            (Side::Slope(left), Side::Slope(right)) => {
                match (left.value - right.value).abs() > left.error + right.error {
                    true => Slope::Kink(left, right),
                    false => Slope::Smooth(self.best()),
                }
            }
            // a jump: from one side, any slope
            (Side::Steep(steep), Side::Slope(flat)) => Slope::Kink(steep, flat),
            (Side::Slope(flat), Side::Steep(steep)) => Slope::Kink(flat, steep),
            _ => Slope::Smooth(Estimate::UNKNOWN),
        }
    }

    /// Nothing changed on the whole window: once more at scales that have nothing in common with it.
    fn still(&mut self) -> Slope {
        let size = self.base.abs();
        let spacing = self.unit * size;
        for step in [FIRST * 7.3e-4, FIRST * 3.1e-7] {
            for t in [step, -step] {
                if (self.f)(t) != self.base {
                    let error = 2.0 * spacing / step;
                    let value = 0.0;
                    return Slope::Smooth(Estimate { value, error });
                }
            }
        }
        Slope::Still(Estimate {
            value: 0.0,
            error: spacing / self.first,
        })
    }

    /// Whether the values next to 0 lie on a bend: the second difference halves with the step, where that of a smooth
    /// function becomes a quarter.
    fn bends(&self) -> bool {
        let second = |rung: &Rung| rung.up - self.base - (self.base - rung.down);
        let last = &self.rungs[self.rungs.len() - 2..];
        let (far, near) = (second(&last[0]).abs(), second(&last[1]).abs());
        let noise = 4.0 * (ASSUMED * self.unit * self.size(last) + self.jitter);
        near > 8.0 * noise && far < 3.0 * near
    }

    fn size(&self, rungs: &[Rung]) -> f64 {
        let largest = |m: f64, rung: &Rung| m.max(rung.up.abs()).max(rung.down.abs());
        rungs.iter().fold(self.base.abs(), largest)
    }

    /// What rounding may do to the extrapolation of a window. What varies on much larger scales than the window's is no noise to
    /// it; but where nothing moves at all, the function may be a staircase, and its steps are larger than the window.
    fn rounding(&self, window: &[Rung]) -> f64 {
        let assumed =
            (ASSUMED * self.unit * self.size(window)).max(self.noise.of_grain()) + self.jitter;
        let scale = match window.iter().any(|rung| self.is_flat(rung)) {
            true => f64::INFINITY,
            false => 16.0 * window[0].step,
        };
        let noise = assumed.max(self.noise.up_to(scale));
        noise / window[window.len() - 1].step
    }

    fn central(&self, window: &[Rung]) -> Estimate {
        if !window.iter().all(Rung::is_finite) {
            return Estimate::UNKNOWN;
        }
        let (value, spread) = extrapolate(window);
        let error = spread + self.rounding(window);
        Estimate { value, error }
    }

    /// The estimate of the window with the smallest error among those that the windows below do not contradict: a
    /// derivative is what is left in the limit.
    fn best(&self) -> Estimate {
        let windows = self.rungs.windows(WINDOW).rev();
        undisputed(windows.map(|window| self.central(window)))
    }

    /// The derivative from one side: extrapolation of the quotients `(f(t) - f(0)) / t` over three rungs.
    fn side(&self, value: impl Fn(&Rung) -> f64, sign: f64) -> Side {
        let quotient = |rung: &Rung| sign * (value(rung) - self.base) / rung.step;
        let finite = self.rungs.iter().filter(|rung| value(rung).is_finite());
        let quotients: Vec<f64> = finite.map(quotient).collect();
        if quotients.len() < 3 {
            return Side::Absent;
        }
        // steeper and steeper: a jump, or a root
        let last = &quotients[quotients.len().saturating_sub(STEEP)..];
        let steepens = |pair: &[f64]| pair[1].abs() > 1.15 * pair[0].abs();
        if last.len() == STEEP && last.windows(2).all(steepens) {
            let value = last[STEEP - 1].signum() * f64::INFINITY;
            return Side::Steep(Estimate { value, error: 0.0 });
        }
        let estimate = |window: &[Rung]| {
            let q: [f64; 3] = std::array::from_fn(|k| quotient(&window[k]));
            if !q.iter().all(|q| q.is_finite()) {
                return Estimate::UNKNOWN;
            }
            let linear = [2.0 * q[1] - q[0], 2.0 * q[2] - q[1]];
            let value = (4.0 * linear[1] - linear[0]) / 3.0;
            let spread = (value - linear[1]).abs() + (linear[1] - linear[0]).abs();
            let error = spread + 8.0 * self.rounding(window);
            Estimate { value, error }
        };
        Side::Slope(undisputed(self.rungs.windows(3).rev().map(estimate)))
    }
}

/// Of estimates from the smallest scale upwards, the one with the smallest error that none before contradicts.
fn undisputed(estimates: impl Iterator<Item = Estimate>) -> Estimate {
    let mut before: SmallVec<[Estimate; 8]> = SmallVec::new();
    let mut best = Estimate::UNKNOWN;
    for found in estimates.filter(|found| found.error.is_finite()) {
        let agrees =
            |other: &Estimate| (found.value - other.value).abs() <= found.error + other.error;
        if found.error < best.error && before.iter().all(agrees) {
            best = found;
        }
        before.push(found);
    }
    best
}

/// Richardson's extrapolation of the central quotients of up to [`WINDOW`] rungs, and what its last step changed.
fn extrapolate(window: &[Rung]) -> (f64, f64) {
    let rungs = window.len();
    let mut row = [0.0; WINDOW];
    for (entry, rung) in row.iter_mut().zip(window) {
        *entry = (rung.up - rung.down) / (2.0 * rung.step);
    }
    let mut factor = 1.0;
    let mut before = row[rungs - 1];
    for order in 1..rungs {
        factor *= 4.0;
        before = row[rungs - order];
        for k in 0..rungs - order {
            row[k] = (factor * row[k + 1] - row[k]) / (factor - 1.0);
        }
    }
    // the two entries of the last column but one, and what they give
    let spread = (row[0] - row[1]).abs().max((row[0] - before).abs());
    (row[0], spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: f64 = f64::EPSILON / 2.0;

    fn ladder(f: impl Fn(f64) -> f64, x: f64) -> Ladder<impl FnMut(f64) -> f64> {
        let base = f(x);
        Ladder::new(move |t| f(x + t), base, UNIT)
    }

    #[track_caller]
    fn smooth(slope: Slope) -> Estimate {
        match slope {
            Slope::Smooth(found) | Slope::Still(found) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tame_functions_take_eight_values() {
        let f = |x: f64| x.sin() * x.exp();
        let mut count = 0;
        let mut ladder = Ladder::new(
            |t: f64| {
                count += 1;
                f(0.7 + t)
            },
            f(0.7),
            UNIT,
        );
        let found = smooth(ladder.slope(1e-9));
        let truth = 0.7f64.exp() * (0.7f64.sin() + 0.7f64.cos());
        assert!(
            (found.value - truth).abs() <= found.error && found.error < 1e-12,
            "{found:?}"
        );
        drop(ladder);
        assert_eq!(count, 8);
    }

    #[test]
    fn powers_of_two() {
        for (x, power) in [
            (1.0, 1.0),
            (1.4, 1.0),
            (1.5, 2.0),
            (0.7, 0.5),
            (0.71, 1.0),
            (3e-3, 2f64.powi(-8)),
            (5e-324, 2f64.powi(-1000)),
            (1e308, 2f64.powi(1000)),
        ] {
            assert_eq!(power_of_two(x), power, "{x}");
        }
    }

    /// Four or six values are enough for who only asks whether a claim is right: as many as it takes to state an
    /// error that is small enough; but not if it is wrong by more than rounding hides.
    #[test]
    fn claims_are_met_with_fewer_values() {
        let f = |t: f64| (0.7 + t / 8.0).sin() * (0.7 + t / 8.0).exp();
        let truth = 0.7f64.exp() * (0.7f64.sin() + 0.7f64.cos()) / 8.0;
        for (factor, error, values) in [
            (1.0, 1e-4, 4),
            (1.0, 1e-9, 6),
            (1.0, 1e-13, 8),
            (1.0 + 1e-11, 1e-4, 8),
            (1.0 - 1e-11, 1e-4, 8),
        ] {
            let mut count = 0;
            let line = |t: f64| {
                count += 1;
                f(t)
            };
            let claim = Claim {
                value: factor * truth,
                within: 1e-15,
                error,
            };
            let found = smooth(Ladder::new(line, f(0.0), UNIT).slope_near(&claim, 1e-12));
            assert!(
                (found.value - truth).abs() <= found.error && found.error < error.max(1e-12),
                "{found:?}"
            );
            assert_eq!(count, values, "{factor}, {error}");
        }
    }

    /// Two values are enough for who wants to see a millionth.
    #[test]
    fn glimpses() {
        let f = |t: f64| (0.7 + t / 8.0).sin() * (0.7 + t / 8.0).exp();
        let truth = 0.7f64.exp() * (0.7f64.sin() + 0.7f64.cos()) / 8.0;
        for (factor, error, is_met) in [
            (1.0, 1e-6, true),
            (1.0 + 1e-6, 1e-6, false),
            (1.0 - 1e-6, 1e-6, false),
            (1.0, 1e-9, false),
            (f64::NAN, 1e-6, false),
        ] {
            let claim = Claim {
                value: factor * truth,
                within: 1e-15,
                error,
            };
            let found = Ladder::new(f, f(0.0), UNIT).glimpse(&claim);
            assert_eq!(found.is_some(), is_met, "{claim:?}: {found:?}");
            if let Some(found) = found {
                let off = (found.value - truth).abs();
                assert!(off <= found.error && found.error < error, "{found:?}");
            }
        }
    }

    /// What is not met with few values is what it was without.
    #[test]
    fn wrong_claims_are_not_met() {
        type Row = (fn(f64) -> f64, f64);
        let functions: [Row; 10] = [
            (|x| (1000.0 * x).sin(), 0.7),
            (|x| (1e6 * x).sin(), 0.7),
            (|x| x + (256.0 * std::f64::consts::TAU * x).sin(), 0.5),
            (|x| (x.cos() * 1e9).round() / 1e9, 0.7),
            (|x| x.max(0.0), 1e-3),
            (|x| x.max(0.0), 1e-7),
            (|x| (x * 4096.0).round() / 4096.0, 0.5),
            (f64::abs, 0.0),
            (f64::ln, 1e-3),
            (f64::sqrt, 1e-8),
        ];
        for (f, x) in functions {
            let plain = format!("{:?}", ladder(f, x).slope(1e-9));
            for claim in [-1.0, 0.0, 0.5, 1.0 + 1e-9, 2.0, 1e3, 1e6] {
                let claim = Claim {
                    value: claim,
                    within: 1e-13,
                    error: f64::INFINITY,
                };
                assert_eq!(ladder(f, x).glimpse(&claim), None, "{claim:?} at {x}");
                let near = ladder(f, x).slope_near(&claim, 1e-9);
                assert_eq!(format!("{near:?}"), plain, "{claim:?} at {x}");
            }
        }
    }

    /// Stated errors hold after a thorough look, on functions of many scales.
    #[test]
    fn stated_errors_hold() {
        let turns = |k: f64| move |x: f64| (k * x).sin();
        for k in 0..24 {
            let rate = 2f64.powi(k) * 1.37;
            for x in [0.3, 0.71, 1.9] {
                let truth = rate * (rate * x).cos();
                let found = smooth(ladder(turns(rate), x).thorough());
                let off = (found.value - truth).abs();
                assert!(off <= found.error, "rate {rate} at {x}: {found:?}, {truth}");
                let sharp = if k < 20 { 1e-6 } else { 1e-4 };
                assert!(found.error <= sharp * rate, "rate {rate} at {x}: {found:?}");
            }
        }
        for digits in 3..12 {
            let unit = 10f64.powi(digits);
            let f = move |x: f64| (x.cos() * unit).round() / unit;
            for x in [0.2, 0.7, 1.1] {
                let found = smooth(ladder(f, x).thorough());
                assert!(
                    (found.value + x.sin()).abs() <= found.error,
                    "{digits} digits: {found:?}"
                );
                assert!(found.error <= 1e4 / unit, "{digits} digits: {found:?}");
            }
        }
    }

    /// Digits that an offset has taken are gone, though the values look like others.
    #[test]
    fn stated_errors_hold_under_cancellation() {
        let golden = |k: u32, by: f64| (f64::from(k) * by).fract();
        for offset in [1e2, 1e4, 1e6, 1e8] {
            for k in 0..400 {
                let (rate, size) = (
                    0.2 + 1.5 * golden(k, 0.7548),
                    10f64.powf(-3.0 * golden(k, 0.5698)),
                );
                let shift = 0.006 * golden(k, 0.618) - 0.003;
                let f = move |x: f64| (offset + 0.01 * size * (rate * x).sin() + shift) - offset;
                let truth = 0.01 * size * rate * (rate * 0.7).cos();
                let (low, high, error) = match ladder(f, 0.7).thorough() {
                    Slope::Kink(a, b) => (
                        a.value.min(b.value),
                        a.value.max(b.value),
                        a.error + b.error,
                    ),
                    slope => {
                        let found = smooth(slope);
                        (found.value, found.value, found.error)
                    }
                };
                let holds = truth >= low - error && truth <= high + error;
                assert!(
                    holds,
                    "{offset:e}, {k}: {truth:e} in {low:e}..{high:e} +- {error:e}"
                );
            }
        }
    }

    #[test]
    fn a_bend_is_not_averaged() {
        for slope in [
            ladder(f64::abs, 0.0).slope(1e-9),
            ladder(f64::abs, 0.0).thorough(),
        ] {
            let Slope::Kink(left, right) = slope else {
                panic!("{slope:?}");
            };
            assert!((left.value + 1.0).abs() <= left.error && left.error < 1e-12);
            assert!((right.value - 1.0).abs() <= right.error && right.error < 1e-12);
        }
        // next to it the function is smooth, however near
        for distance in [1e-3, 1e-5, 1e-7, 1e-9] {
            let found = smooth(ladder(f64::abs, distance).thorough());
            assert!(
                (found.value - 1.0).abs() <= found.error && found.error < 1e-6,
                "{found:?}"
            );
        }
    }

    #[test]
    fn borders_jumps_and_roots() {
        let inside = |x: f64| if x < 0.0 { f64::NAN } else { x.exp() };
        let found = smooth(ladder(inside, 0.0).thorough());
        assert!(
            (found.value - 1.0).abs() <= found.error && found.error < 1e-9,
            "{found:?}"
        );
        let step = |x: f64| if x >= 0.0 { 1.0 } else { 0.0 };
        assert!(
            matches!(ladder(step, 0.0).thorough(), Slope::Kink(left, _) if left.value.is_infinite())
        );
        for root in [f64::sqrt, f64::cbrt] {
            assert!(smooth(ladder(root, 0.0).thorough()).error.is_infinite());
        }
        assert!(smooth(ladder(f64::ln, -1.0).thorough()).error.is_infinite());
        assert!(matches!(ladder(|_| 3.0, 1.0).slope(0.0), Slope::Still(_)));
    }
}
