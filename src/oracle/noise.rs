//! What the values of a black box are off by: measured, not assumed.

/// A function that adds something large and takes it away again has values that are multiples of what is left of the
/// digits; they may be off by some of these.
const GRAINS: f64 = 4.0;

/// By how much a measured noise is enlarged: it is a root mean square of some twenty values, and the largest of four
/// weighted values counts.
const SAFETY: f64 = 12.0;

/// The spacings at which noise is measured, small to large: odd factors and powers of two. No two are in a simple ratio,
/// as one may be a whole number of the function's own quanta.
pub(super) const SPACINGS: [(f64, i32); 8] = [
    (5.0, -44),
    (11.0, -40),
    (13.0, -36),
    (9.0, -32),
    (7.0, -28),
    (19.0, -24),
    (23.0, -19),
    (5.0, -12),
];

/// What is known of the noise of a function of one variable next to 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Noise {
    /// Root mean squares, by the spacing of the values that showed them.
    seen: Vec<(f64, f64)>,
    /// The largest power of two that all values are multiples of.
    grain: f64,
}

impl Noise {
    /// The measured noise that is none to spacings above `scale`.
    pub(super) fn up_to(&self, scale: f64) -> f64 {
        let seen = self.seen.iter().filter(|(spacing, _)| *spacing <= scale);
        seen.map(|(_, noise)| SAFETY * noise).fold(0.0, f64::max)
    }

    /// Whether it was measured at any spacing.
    pub(super) fn is_measured(&self) -> bool {
        !self.seen.is_empty()
    }

    /// What values are off by because they are coarser than their own digits.
    pub(super) fn of_grain(&self) -> f64 {
        GRAINS * self.grain
    }

    /// Measures `f` from differences of high order of values at even spacings (Hamming's table; More and Wild, Estimating
    /// computational noise, SIAM J. Sci. Comput. 33, 2011). A function may be rounded to coarser numbers than it is given
    /// in, so no single spacing shows all. `reach` is a distance at which it has values.
    pub(super) fn measure(
        &mut self,
        mut f: impl FnMut(f64) -> f64,
        reach: f64,
        spacings: &[(f64, i32)],
    ) {
        const POINTS: usize = 8;
        if self.grain == 0.0 {
            // arguments with all their bits, lest exact arithmetic on short ones looks like grain
            self.see(&[reach / 3.0, reach / -7.0].map(&mut f));
        }
        for &(odd, exponent) in spacings {
            let spacing = odd * 2f64.powi(exponent);
            if self.seen.iter().any(|(known, _)| *known == spacing) {
                continue;
            }
            let mut table: [f64; POINTS] = std::array::from_fn(|k| f(k as f64 * spacing));
            if !table.iter().all(|y| y.is_finite()) {
                continue;
            }
            self.see(&table);
            // (k!)^2 / (2k)! times the mean square of the k-th differences is the variance of the values
            let mut factor = 1.0;
            let mut found = f64::INFINITY;
            for order in 1..=5usize {
                for k in 0..POINTS - order {
                    table[k] = table[k + 1] - table[k];
                }
                factor *= order as f64 / (4.0 * order as f64 - 2.0);
                let squares = table[..POINTS - order].iter().map(|d| d * d).sum::<f64>();
                if order >= 3 {
                    found = found.min((factor * squares / (POINTS - order) as f64).sqrt());
                }
            }
            self.seen.push((spacing, found));
        }
    }

    /// Takes notice of the lowest bits of values.
    fn see(&mut self, values: &[f64]) {
        for lowest in values.iter().filter_map(|&y| lowest_bit(y)) {
            let seen = self.grain > 0.0;
            self.grain = if seen { self.grain.min(lowest) } else { lowest };
        }
    }
}

/// The value of the lowest bit that is set; none of 0.
fn lowest_bit(x: f64) -> Option<f64> {
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match (bits >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    };
    (x != 0.0 && x.is_finite()).then(|| 2f64.powi(exponent + mantissa.trailing_zeros() as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values with `digits` decimals have a noise of about a third of a unit of the last.
    #[test]
    fn rounding_to_decimals_is_measured() {
        for digits in [4, 6, 9] {
            let unit = 10f64.powi(digits);
            let mut noise = Noise::default();
            noise.measure(|t| ((0.7 + t).cos() * unit).round() / unit, 0.04, &SPACINGS);
            let found = noise.up_to(f64::INFINITY) / SAFETY * unit;
            assert!((0.1..1.5).contains(&found), "{digits} digits: {found}");
        }
    }

    /// What adds 2^20 and takes it away again has multiples of 2^-32 for values.
    #[test]
    fn lost_digits_are_seen_in_the_grain() {
        let mut noise = Noise::default();
        noise.measure(
            |t| (1048576.0 + (0.7 + t).sin()) - 1048576.0,
            0.04,
            &SPACINGS[2..5],
        );
        assert_eq!(noise.of_grain(), GRAINS * 2f64.powi(-32));
        assert_eq!(lowest_bit(5e-324), Some(5e-324));
        assert_eq!(lowest_bit(-12.0), Some(4.0));
        assert_eq!(lowest_bit(0.0), None);
    }
}
