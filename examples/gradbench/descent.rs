//! Gradient descent as GradBench fixes it, so that all tools take the same steps: the step size doubles after ten steps that
//! went down, and halves after one that did not.

use super::nested::{Function, Mode, Over};
use secant::Real;

/// Where steps or slopes are this short the search ends.
const SHORT: f64 = 1e-5;

fn length(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn values<B: Real>(v: &[B]) -> Vec<f64> {
    v.iter().map(|x| x.to_f64()).collect()
}

/// A minimum of a function, from gradients of mode `M`. The steps are taken in `B`: they can be differentiated.
///
/// # Errors
/// If the function fails, or leaves the finite numbers.
pub(crate) fn argmin<M: Mode, B: Real>(
    f: &impl Function<B>,
    start: &[B],
) -> Result<Vec<B>, String> {
    let (mut x, mut fx) = (start.to_vec(), f.at(start)?);
    let mut slope = M::gradient(f, &x)?;
    let (mut rate, mut went_down) = (SHORT, 0);
    while length(&values(&slope)) > SHORT {
        if went_down == 10 {
            rate *= 2.0;
            went_down = 0;
        }
        let next: Vec<B> = x
            .iter()
            .zip(&slope)
            .map(|(&x, &g)| x - B::of(rate) * g)
            .collect();
        let step: Vec<f64> = next
            .iter()
            .zip(&x)
            .map(|(&a, &b)| (a - b).to_f64())
            .collect();
        if length(&step) <= SHORT {
            break;
        }
        let there: B = f.at(&next)?;
        if !(fx.to_f64().is_finite() && length(&step).is_finite()) {
            return Err("gradient descent left the finite numbers".into());
        }
        if there < fx {
            (x, fx) = (next, there);
            slope = M::gradient(f, &x)?;
            went_down += 1;
        } else {
            rate /= 2.0;
            went_down = 0;
        }
    }
    Ok(x)
}

/// A function upside down.
struct Negative<'f, F>(&'f F);

impl<B: Real, F: Function<B>> Function<B> for Negative<'_, F> {
    fn at<N: Over<B>>(&self, x: &[N]) -> Result<N, String> {
        Ok(-self.0.at(x)?)
    }
}

/// A maximum of a function.
///
/// # Errors
/// As [`argmin`].
pub(crate) fn argmax<M: Mode, B: Real>(
    f: &impl Function<B>,
    start: &[B],
) -> Result<Vec<B>, String> {
    argmin::<M, B>(&Negative(f), start)
}
