//! The functions whose gradients are checked.
//!
//! A [`Family`] is a kind of function, as people differentiate them: it draws a member (weights, data) and a point, and
//! knows the gradient in closed form. Before anything is measured, [`verify`] holds every closed form against forward
//! mode in 31 digits, which shares nothing with it.
//!
//! A function is written once, generically: in `f64` and `f32` it is the program under test.

mod algebra;
mod landscapes;
mod learning;
mod mechanics;
mod scales;
mod special;

use super::ours::{self, Function};
use super::problem::{Answer, Precision, Problem};
use super::random::Random;
use secant::{Dd, Dual, Number, Real};

/// A kind of function with its gradient.
pub(crate) trait Family: Function + Sized + 'static {
    /// Its name in messages.
    const NAME: &'static str;
    /// Whether the range and the digits of `f32` are enough for it.
    const SINGLE: bool;

    /// A member and a point.
    fn draw(random: &mut Random) -> (Self, Vec<f64>);

    /// The gradient in closed form.
    fn gradient(&self, x: &[f64]) -> Vec<f64>;
}

/// A function of some family, whichever.
pub(crate) trait Subject {
    /// The program in `f64`.
    fn double(&self, x: &[f64]) -> f64;
    /// The program in `f32`.
    fn single(&self, x: &[f32]) -> f32;
    /// The gradient in closed form.
    fn gradient(&self, x: &[f64]) -> Vec<f64>;
    /// The gradient by forward mode in double-double numbers, rounded at the end.
    fn exact_gradient(&self, x: &[f64]) -> Vec<f64>;
    /// What the checker of this crate says that may look into the function.
    fn judge_wide(&self, problem: &Problem) -> Answer;
}

impl<F: Family> Subject for F {
    fn double(&self, x: &[f64]) -> f64 {
        self.call(x)
    }

    fn single(&self, x: &[f32]) -> f32 {
        self.call(x)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        Family::gradient(self, x)
    }

    fn exact_gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut wide: Vec<_> = x.iter().map(|&x| Dual::constant(Dd::of(x))).collect();
        let partial = |i: usize| {
            wide[i].tangent = Dd::of(1.0);
            let slope = self.call(&wide).tangent.to_f64();
            wide[i].tangent = Dd::of(0.0);
            slope
        };
        (0..x.len()).map(partial).collect()
    }

    fn judge_wide(&self, problem: &Problem) -> Answer {
        ours::judge_wide(self, problem)
    }
}

/// A function and the point at which its gradient is claimed.
pub(crate) struct Draw {
    pub(crate) subject: Box<dyn Subject>,
    pub(crate) at: Vec<f64>,
}

/// A family as data.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) single: bool,
    pub(crate) draw: fn(&mut Random) -> Draw,
}

const fn row<F: Family>() -> Row {
    Row {
        name: F::NAME,
        single: F::SINGLE,
        draw: |random| {
            let (family, at) = F::draw(random);
            Draw {
                subject: Box::new(family),
                at,
            }
        },
    }
}

/// All families.
pub(crate) const FAMILIES: &[Row] = &[
    row::<algebra::Polynomial>(),
    row::<algebra::QuadraticForm>(),
    row::<algebra::Product>(),
    row::<algebra::Norm>(),
    row::<algebra::Ratio>(),
    row::<algebra::Powers>(),
    row::<algebra::LogBarrier>(),
    row::<algebra::SmallExponents>(),
    row::<algebra::Parallel>(),
    row::<learning::LogSumExp>(),
    row::<learning::CrossEntropy>(),
    row::<learning::Network<false>>(),
    row::<learning::Network<true>>(),
    row::<learning::Logistic>(),
    row::<learning::Mixture>(),
    row::<landscapes::Rosenbrock>(),
    row::<landscapes::Sines>(),
    row::<landscapes::FastSines>(),
    row::<landscapes::Ackley>(),
    row::<landscapes::Rastrigin>(),
    row::<mechanics::Lorenz>(),
    row::<mechanics::Diffusion>(),
    row::<mechanics::Arm>(),
    row::<mechanics::Perimeter>(),
    row::<special::ErrorFunctions>(),
    row::<special::Dirichlet>(),
    row::<special::VonMises>(),
    row::<scales::Rescaled<0>>(),
    row::<scales::Rescaled<1>>(),
    row::<scales::Rescaled<2>>(),
    row::<scales::Rescaled<3>>(),
    row::<scales::MixedInputs>(),
    row::<scales::MixedGradients>(),
];

/// The families whose programs can run in this type.
pub(crate) fn of(precision: Precision) -> Vec<&'static Row> {
    FAMILIES
        .iter()
        .filter(|row| precision == Precision::Double || row.single)
        .collect()
}

/// How far a closed form may be from forward mode in 31 digits, relative to each element. Rounding leaves less than 1e-14
/// of the terms that an element is the sum of: this is room for a sum that cancels to 1e-5 of them, and none for a mistake.
const CLOSE: f64 = 1e-9;

/// Holds every closed form against forward mode in 31 digits, at a few points. The error names the family.
pub(crate) fn verify(seed: u64) -> Result<(), String> {
    verify_claims(seed, |subject, at| subject.gradient(at))
}

/// The same for any gradient of the functions.
pub(crate) fn verify_claims(
    seed: u64,
    gradient: impl Fn(&dyn Subject, &[f64]) -> Vec<f64>,
) -> Result<(), String> {
    for (number, row) in FAMILIES.iter().enumerate() {
        for trial in 0..4 {
            let mut random = Random::new(Precision::Double, &[seed, number as u64, trial]);
            let Draw { subject, at } = (row.draw)(&mut random);
            let exact = subject.exact_gradient(&at);
            let claim = gradient(&*subject, &at);
            for (i, (claim, exact)) in claim.iter().zip(&exact).enumerate() {
                // written so that NaN is an error
                let close = (claim - exact).abs() <= CLOSE * exact.abs();
                if !close {
                    let name = row.name;
                    return Err(format!(
                        "{name}: element {i} of the gradient is {claim:e}, forward mode gives {exact:e}"
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The sum, from left to right, as most programs compute it.
fn sum<N: Number>(terms: impl IntoIterator<Item = N>) -> N {
    terms.into_iter().fold(N::of(0.0), |sum, term| sum + term)
}

/// The inner product of constants and variables.
fn dot<N: Number>(constants: &[f64], x: &[N]) -> N {
    sum(constants.iter().zip(x).map(|(&c, &x)| N::of(c) * x))
}

/// log(sum(exp(x))), shifted by the largest so that nothing overflows.
fn log_sum_exp<N: Number>(x: &[N]) -> N {
    let largest = x[1..].iter().fold(x[0], |m, &x| m.max(x));
    largest + sum(x.iter().map(|&x| (x - largest).exp())).log()
}

/// The gradient of [`log_sum_exp`].
fn softmax(x: &[f64]) -> Vec<f64> {
    let total = log_sum_exp(x);
    x.iter().map(|x| (x - total).exp()).collect()
}
