//! How far a finite difference is from the claim, by its step.
//!
//! This is the picture behind every tolerance of a classical gradient check. With a large step the quotient misses what
//! the function curves (truncation, falling with h^2), with a small one the digits of its values cancel (rounding, growing
//! with 1/h); the valley between them is the best that binary64 can tell. A wrong claim fills the valley: wherever the
//! quotient is better than the claim, the claim's own error is left. The wide oracle's answer lies far below, and says
//! which of the two it is.

use super::judge::Judge;
use crate::graph::{Case, Params};
use crate::modes::evaluate;
use crate::number::{Dd, Number, Real};
use crate::oracle::{Estimate, Slope};

/// The quotient of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The step h: the parameters move by h and by -h times the direction.
    pub step: f64,
    /// (f(h) - f(-h)) / 2h in binary64; not finite where the function is not.
    pub difference: f64,
}

/// Central differences along one direction for many steps, beside what is claimed and what the wide oracle says.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The claimed derivative along the direction.
    pub claim: f64,
    /// The wide oracle's; none at a kink or where it knows nothing.
    pub reference: Option<Estimate>,
    /// Two steps a decade, from 1e-1 to 1e-15.
    pub points: Vec<Point>,
}

impl Curve {
    /// What errors are relative to: the reference if there is one, else the claim; 1 where that is 0.
    pub fn scale(&self) -> f64 {
        let reference = self.reference.map(|reference| reference.value);
        [reference, Some(self.claim)]
            .into_iter()
            .flatten()
            .map(f64::abs)
            .find(|&x| x > 0.0 && x.is_finite())
            .unwrap_or(1.0)
    }

    /// How far a quotient is from the claim, relatively.
    pub fn from_claim(&self, point: Point) -> f64 {
        (point.difference - self.claim).abs() / self.scale()
    }

    /// How far a quotient is from the reference, relatively: its own error.
    pub fn from_reference(&self, point: Point) -> Option<f64> {
        let reference = self.reference?.value;
        Some((point.difference - reference).abs() / self.scale())
    }

    /// How far the claim is from the reference, relatively: where the valley ends.
    pub fn level(&self) -> Option<f64> {
        Some((self.claim - self.reference?.value).abs() / self.scale())
    }
}

/// `<cotangents, outputs>` in binary64: the number that a case's gradient is the gradient of. NaN where the case cannot be
/// evaluated.
pub fn objective(case: &Case, params: &Params<f64>) -> f64 {
    let values = params.to_tensors();
    let Ok(outputs) = evaluate(&case.graph, &values) else {
        return f64::NAN;
    };
    let pairs = outputs.iter().zip(&case.cotangents);
    pairs.fold(0.0, |sum, (y, ct)| {
        // a zero cotangent asks nothing, even of an infinite output
        let terms = y.iter().zip(ct.iter());
        terms.fold(sum, |sum, (y, ct)| sum + ct.strong_mul(y))
    })
}

impl Judge<'_> {
    /// The error of central differences by their step, along a direction in which parameters move by about their own size.
    /// A claim and a direction have the parameters of the case.
    ///
    /// ```
    /// use secant::check::{Judge, Options};
    /// use secant::{Case, Dtype, Params};
    /// let case = Case::from_text("secant 1\nparam x [] = 1.0\ny = sin(x)\nreturn y\n")?;
    /// let of = |x: f64| Params::from_iter([("x", secant::Tensor::from(x))]);
    /// let judge = Judge::new(&case, Options::for_dtype(Dtype::F64))?;
    /// // a claim that is 1 % too large
    /// let curve = judge.curve(&of(1.01 * 1f64.cos()), &of(1.0));
    /// assert!((curve.level().unwrap() - 0.01).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn curve(&self, claim: &Params<f64>, direction: &Params<f64>) -> Curve {
        let (case, wide) = self.sight();
        let pairs = claim.values().zip(direction.values());
        let terms = pairs.flat_map(|(g, d)| g.iter().zip(d.iter()).collect::<Vec<_>>());
        let claim = terms
            .map(|(g, d)| Dd::from(g).strong_mul(Dd::from(d)))
            .fold(Dd::of(0.0), |sum, term| sum + term)
            .to_f64();
        let places = direction.to_vector().into_iter().enumerate();
        let reference = match wide.slope(places, 0.0) {
            Slope::Smooth(found) | Slope::Tied(found) | Slope::Still(found) => {
                Some(found.rounded())
            }
            Slope::Kink(..) => None,
        };
        let (start, along) = (case.params.to_vector(), direction.to_vector());
        let at = |t: f64| {
            let moved: Vec<f64> = start.iter().zip(&along).map(|(x, d)| x + t * d).collect();
            case.params
                .with_vector(&moved)
                .map_or(f64::NAN, |params| objective(case, &params))
        };
        let points = steps().map(|step| Point {
            step,
            difference: (at(step) - at(-step)) / (2.0 * step),
        });
        Curve {
            claim,
            reference: reference.filter(|found| found.error.is_finite()),
            points: points.collect(),
        }
    }
}

/// 1e-1, 3.2e-2, 1e-2, .., 1e-15: whole decades are the literals' numbers.
fn steps() -> impl Iterator<Item = f64> {
    const HALF: f64 = 0.316_227_766_016_837_94; // 1 / sqrt(10)
    (1..=15).flat_map(|k| {
        let decade = 1.0 / 10f64.powi(k);
        [decade, decade * HALF]
            .into_iter()
            .take(if k < 15 { 2 } else { 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Options;

    fn curve(text: &str, claim: f64) -> Curve {
        let case = Case::from_text(text).unwrap();
        let of = |x: f64| case.params.map(|_| x);
        let judge = Judge::new(&case, Options::for_dtype(case.dtype)).unwrap();
        judge.curve(&of(claim), &of(1.0))
    }

    const SIN: &str = "secant 1\nparam x [] = 1.0\ny = sin(x)\nreturn y\n";

    fn error(curve: &Curve, step: f64) -> f64 {
        let mut points = curve.points.iter();
        curve.from_claim(*points.find(|point| point.step == step).unwrap())
    }

    #[test]
    fn truncation_falls_rounding_grows_and_a_valley_lies_between() {
        let curve = curve(SIN, 1f64.cos());
        assert_eq!(curve.points.len(), 29);
        // h^2 / 6
        for (step, expected) in [(1e-1, 1.67e-3), (1e-2, 1.67e-5), (1e-3, 1.67e-7)] {
            let found = error(&curve, step);
            assert!((found / expected - 1.0).abs() < 0.01, "{step}: {found}");
        }
        assert!(error(&curve, 1e-5) < 1e-9);
        assert!(error(&curve, 1e-13) > 1e-6 && error(&curve, 1e-15) > 1e-3);
        assert!(curve.level().unwrap() < 1e-15);
        // the claim is the reference
        for &point in &curve.points {
            let own = curve.from_reference(point).unwrap();
            assert!((curve.from_claim(point) - own).abs() < 1e-15);
        }
    }

    #[test]
    fn a_wrong_claim_leaves_its_own_error() {
        let curve = curve(SIN, 1.01 * 1f64.cos());
        for step in [1e-3, 1e-5, 1e-7, 1e-9] {
            assert!((error(&curve, step) - 0.01).abs() < 1e-5, "{step}");
        }
        assert!((curve.level().unwrap() - 0.01).abs() < 1e-12);
        // nothing at all is claimed
        let curve = self::curve(SIN, 0.0);
        assert!((error(&curve, 1e-5) - 1.0).abs() < 1e-8);
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let relu = "secant 1\nparam x [] = 0.0\ny = relu(x)\nreturn y\n";
        let at_kink = curve(relu, 1.0);
        assert_eq!((at_kink.reference, at_kink.level()), (None, None));
        assert_eq!((at_kink.scale(), error(&at_kink, 1e-5)), (1.0, 0.5));
        let nan = curve(SIN, f64::NAN);
        assert!(nan.claim.is_nan() && error(&nan, 1e-5).is_nan());
        assert!(nan.from_reference(nan.points[8]).unwrap() < 1e-8);
        // a zero cotangent hides an output that overflows
        let text = "secant 1\nparam x [] = 1e3\ny = exp(x)\nreturn y, x\n\
                    cotangent y = 0\ncotangent x = 2\n";
        let case = Case::from_text(text).unwrap();
        assert_eq!(objective(&case, &case.params), 2000.0);
    }
}
