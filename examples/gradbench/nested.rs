//! Gradients inside gradients: the ways to take one, over any number, so that one may run inside another.
//!
//! A function is written over every number that extends the one it is asked in ([`Over`]). Forward mode asks it in dual
//! numbers, reverse mode in variables of a scalar tape; both are numbers again, and nest: reverse over forward is a tape
//! inside dual numbers, and so on.

use secant::{Dual, Real, scalar};

/// The gradient of a function of numbers, on a tape that is used again.
pub(crate) fn gradient(
    tape: &mut scalar::Tape,
    at: &[f64],
    f: impl for<'t> FnOnce(&[scalar::Var<'t>]) -> scalar::Var<'t>,
) -> Vec<f64> {
    tape.clear();
    let x: Vec<scalar::Var<'_>> = at.iter().map(|&x| tape.var(x)).collect();
    let gradient = tape.gradient(f(&x));
    x.iter().map(|&x| gradient.of(x)).collect()
}

/// A number that extends another one.
pub(crate) trait Over<B>: Real {
    /// The constant `x`.
    fn constant(x: B) -> Self;
}

impl<B: Real> Over<B> for B {
    fn constant(x: B) -> Self {
        x
    }
}

impl<B: Real> Over<B> for Dual<B> {
    fn constant(x: B) -> Self {
        Dual::constant(x)
    }
}

impl<B: Real> Over<B> for scalar::Var<'_, B> {
    fn constant(x: B) -> Self {
        scalar::Var::constant(x)
    }
}

/// A function of numbers that may hold constants of type `B`.
pub(crate) trait Function<B: Real> {
    /// The value, in any number that extends `B`.
    fn at<N: Over<B>>(&self, x: &[N]) -> Result<N, String>;
}

/// A way to take gradients.
pub(crate) trait Mode {
    /// The gradient of a function.
    fn gradient<B: Real>(f: &impl Function<B>, at: &[B]) -> Result<Vec<B>, String>;
}

/// One pass on dual numbers for each variable.
pub(crate) struct Forward;

/// One pass on a scalar tape, and one back.
pub(crate) struct Reverse;

impl Mode for Forward {
    fn gradient<B: Real>(f: &impl Function<B>, at: &[B]) -> Result<Vec<B>, String> {
        let mut x: Vec<Dual<B>> = at.iter().map(|&x| Dual::constant(x)).collect();
        (0..x.len())
            .map(|i| {
                x[i] = Dual::variable(at[i]);
                let slope = f.at(&x)?.tangent;
                x[i] = Dual::constant(at[i]);
                Ok(slope)
            })
            .collect()
    }
}

impl Mode for Reverse {
    fn gradient<B: Real>(f: &impl Function<B>, at: &[B]) -> Result<Vec<B>, String> {
        let tape = scalar::Tape::new();
        let x: Vec<scalar::Var<'_, B>> = at.iter().map(|&x| tape.var(x)).collect();
        let gradient = tape.gradient(f.at(&x)?);
        Ok(x.iter().map(|&x| gradient.of(x)).collect())
    }
}
