//! The classical gradient check, as the deeplearning.ai course *Improving Deep Neural Networks* teaches it.
//!
//! Each parameter is moved by `+eps` and `-eps`; the gradient is called right when
//! `||g - ga|| / (||g|| + ||ga||)` is small. It is slow (2 N evaluations), rejects correct gradients by rounding noise,
//! and a norm cannot see a small wrong element beside a large one: see [`Judge`](super::Judge) for the better rule. It is
//! here because it is what people know.

use crate::graph::Params;
use std::fmt;

/// The step of the course.
pub const EPSILON: f64 = 1e-7;

/// What the classical check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Classic {
    /// `||g - ga|| / (||g|| + ||ga||)`; 0 if both vanish.
    pub difference: f64,
    /// Below (in one dimension) or up to (in n) this the gradient is called right.
    pub threshold: f64,
    /// The numerical gradient.
    pub approximation: Vec<f64>,
    /// Whether the gradient is called right. NaN is not.
    pub passes: bool,
}

impl Classic {
    /// The verdict, in green or red if `colour`.
    pub fn sentence(&self, colour: bool) -> String {
        let (words, code) = match self.passes {
            true => ("The gradient looks right", "32"),
            false => ("The gradient is wrong, or the step too coarse", "31"),
        };
        let sign = if self.passes {
            "is within"
        } else {
            "is not within"
        };
        let text = format!(
            "{words}: difference = {:e} {sign} {:e}",
            self.difference, self.threshold
        );
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text
        }
    }
}

impl fmt::Display for Classic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(false))
    }
}

fn norm(v: impl Iterator<Item = f64>) -> f64 {
    v.map(|x| x * x).sum::<f64>().sqrt()
}

fn difference(gradient: &[f64], approximation: &[f64]) -> f64 {
    let numerator = norm(gradient.iter().zip(approximation).map(|(g, a)| g - a));
    let denominator = norm(gradient.iter().copied()) + norm(approximation.iter().copied());
    if numerator == 0.0 && denominator == 0.0 {
        0.0
    } else {
        numerator / denominator
    }
}

/// The check in one dimension: right if the difference is below 1e-7.
///
/// ```
/// use secant::check::gradient_check;
/// let x = 2.0;
/// let found = gradient_check(|theta| theta * x, x, 4.0);
/// assert_eq!(found.difference, 2.919335883291695e-10);
/// assert!(found.passes);
/// ```
pub fn gradient_check(mut f: impl FnMut(f64) -> f64, gradient: f64, theta: f64) -> Classic {
    let approximation = (f(theta + EPSILON) - f(theta - EPSILON)) / (2.0 * EPSILON);
    let difference = difference(&[gradient], &[approximation]);
    let threshold = 1e-7;
    Classic {
        difference,
        threshold,
        approximation: vec![approximation],
        passes: difference < threshold,
    }
}

/// The check in n dimensions: the parameters as one vector, each moved in turn; right if the difference is at most 2e-7.
///
/// The gradient must have the parameters' names and shapes.
///
/// ```
/// use secant::{Params, Tensor, check::gradient_check_n};
/// let params = Params::from_iter([("w", Tensor::from([1.0, 2.0])), ("b", Tensor::from(0.5))]);
/// let cost = |p: &Params<f64>| p["w"].iter().map(|w| w * w).sum::<f64>() + p["b"].item();
/// let gradient = Params::from_iter([("w", Tensor::from([2.0, 4.0])), ("b", Tensor::from(1.0))]);
/// assert!(gradient_check_n(cost, &gradient, &params)?.passes);
/// # Ok::<(), secant::tensor::ShapeError>(())
/// ```
///
/// # Errors
/// If the gradient has other names or shapes than the parameters.
pub fn gradient_check_n(
    mut cost: impl FnMut(&Params<f64>) -> f64,
    gradient: &Params<f64>,
    params: &Params<f64>,
) -> Result<Classic, crate::tensor::ShapeError> {
    let same = gradient.len() == params.len()
        && params
            .iter()
            .all(|(name, x)| gradient.get(name).is_some_and(|g| g.shape() == x.shape()));
    if !same {
        return crate::tensor::shape_error!(
            "the gradient must have the parameters' names and shapes"
        );
    }
    let theta = params.to_vector();
    let claimed: Vec<f64> = params
        .names()
        .flat_map(|name| gradient[name].iter())
        .collect();
    let mut approximation = Vec::with_capacity(theta.len());
    for i in 0..theta.len() {
        let mut at = |shift: f64| {
            let mut moved = theta.clone();
            moved[i] += shift;
            Ok(cost(&params.with_vector(&moved)?))
        };
        approximation.push((at(EPSILON)? - at(-EPSILON)?) / (2.0 * EPSILON));
    }
    let difference = difference(&claimed, &approximation);
    let threshold = 2e-7;
    Ok(Classic {
        difference,
        threshold,
        approximation,
        passes: difference <= threshold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_not_right() {
        assert!(!gradient_check(|x| x, f64::NAN, 1.0).passes);
        assert!(!gradient_check(|_| f64::NAN, 1.0, 1.0).passes);
        assert!(gradient_check(|_| 3.0, 0.0, 1.0).passes, "0 against 0");
    }

    #[test]
    fn the_sentence_is_green_or_red() {
        let right = gradient_check(|theta| theta * 2.0, 2.0, 4.0);
        assert!(
            right.sentence(true).starts_with("\x1b[32m")
                && right.sentence(true).contains("2.919335883291695e-10")
        );
        let wrong = gradient_check(|theta| theta * 2.0, 3.0, 4.0);
        assert!(wrong.sentence(true).starts_with("\x1b[31m"));
    }
}
