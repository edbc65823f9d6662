//! The gradient checkers that people use, as their documentation describes them, at their default settings.
//!
//! Each is written anew here, in a few lines: the difference it takes, the tolerance, and what becomes of NaN. The
//! function is evaluated in the type of the program; the few operations of the rule itself are done in `f64`, whose
//! rounding is far below every tolerance here. What is counted are the evaluations that the verdict needs, without
//! those that compute the gradient in question and without those that explain a failure.

use super::problem::{Answer, Precision, Problem, Rule};
use super::random::Random;

/// The name of [`TorchSlow`], with whose cost others are compared.
pub(crate) const TORCH_SLOW: &str = "PyTorch slow";

/// All of them, in the order of the table.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Course),
        Box::new(TorchSlow),
        Box::new(TorchFast),
        Box::new(Jax),
        Box::new(Scipy),
        Box::new(Gradcheck),
    ]
}

/// The slope along `direction` by a centred difference: what every rule here but SciPy's takes.
fn centred(problem: &Problem, direction: &[f64], step: f64) -> f64 {
    let moved = |step: f64| -> Vec<f64> {
        let coordinates = problem.at.iter().zip(direction);
        coordinates.map(|(x, d)| x + step * d).collect()
    };
    (problem.value(&moved(step)) - problem.value(&moved(-step))) / (2.0 * step)
}

/// The slope along every axis.
fn centred_gradient(problem: &Problem, step: f64) -> Vec<f64> {
    let n = problem.at.len();
    let axis = |i: usize| -> Vec<f64> {
        let mut axis = vec![0.0; n];
        axis[i] = 1.0;
        axis
    };
    (0..n).map(|i| centred(problem, &axis(i), step)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// `numpy.allclose` and `torch.allclose` for one element: NaN is close to nothing, infinity only to itself.
fn close(claim: f64, estimate: f64, absolute: f64, relative: f64) -> bool {
    claim == estimate || (claim - estimate).abs() <= absolute + relative * estimate.abs()
}

/// The deeplearning.ai course *Improving Deep Neural Networks*, assignment "Gradient Checking": centred differences
/// with 1e-7 in every coordinate; there is a mistake if `|g - d| / (|g| + |d|) > 2e-7`, in Euclidean norms. Asked this
/// way round, NaN is no mistake. It has no settings for `f32`.
struct Course;

impl Rule for Course {
    fn name(&self) -> &'static str {
        "the course"
    }

    fn takes(&self, precision: Precision) -> bool {
        precision == Precision::Double
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let estimate = centred_gradient(problem, 1e-7);
        let difference = norm(&minus(problem.claim, &estimate));
        let ratio = difference / (norm(problem.claim) + norm(&estimate));
        let mistake = ratio > 2e-7;
        Answer::right(!mistake)
    }
}

/// The defaults of `torch.autograd.gradcheck`, which are documented as made for double precision.
mod torch {
    pub(super) const EPS: f64 = 1e-6;
    pub(super) const ATOL: f64 = 1e-5;
    pub(super) const RTOL: f64 = 1e-3;
}

/// PyTorch, `torch.autograd.gradcheck(f, inputs)`: centred differences with 1e-6 in every coordinate, and
/// `torch.allclose` of each element with atol 1e-5 and rtol 1e-3 (docs.pytorch.org, `gradcheck`).
struct TorchSlow;

impl Rule for TorchSlow {
    fn name(&self) -> &'static str {
        TORCH_SLOW
    }

    fn takes(&self, _: Precision) -> bool {
        true
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let estimate = centred_gradient(problem, torch::EPS);
        let mut pairs = problem.claim.iter().zip(&estimate);
        Answer::right(pairs.all(|(&g, &d)| close(g, d, torch::ATOL, torch::RTOL)))
    }
}

/// PyTorch with `fast_mode=True`: one centred difference along a random unit vector u without negative entries, and the
/// same tolerances, the absolute one times the sum of u, as it would add up along u (docs.pytorch.org, "Gradcheck
/// mechanics"; issue pytorch/pytorch#53876). The vector v on the side of the outputs is 1 for a single output. PyTorch
/// draws u from a generator of fixed seed; here every problem has its own.
struct TorchFast;

impl Rule for TorchFast {
    fn name(&self) -> &'static str {
        "PyTorch fast"
    }

    fn takes(&self, _: Precision) -> bool {
        true
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let mut random = problem.random();
        let u: Vec<f64> = problem.at.iter().map(|_| random.unit()).collect();
        let length = norm(&u);
        let u: Vec<f64> = u.iter().map(|u| u / length).collect();
        let estimate = centred(problem, &u, torch::EPS);
        let absolute = torch::ATOL * u.iter().sum::<f64>();
        Answer::right(close(
            dot(problem.claim, &u),
            estimate,
            absolute,
            torch::RTOL,
        ))
    }
}

/// JAX, `jax.test_util.check_grads(f, args, 1, modes=["rev"])`: one centred difference with 1e-4 along a normal random
/// vector, compared through a normal random cotangent, with atol and rtol both 1e-5 in `f64` and 2e-3 in `f32`
/// (docs.jax.dev, `check_grads` and `check_vjp`; the tolerances are `default_gradient_tolerance` of its source). It is
/// `numpy.testing.assert_allclose`, to which two NaN are equal. The value is computed once more, to compare it. JAX
/// draws the vectors from a generator of fixed seed; here every problem has its own.
struct Jax;

impl Rule for Jax {
    fn name(&self) -> &'static str {
        "JAX"
    }

    fn takes(&self, _: Precision) -> bool {
        true
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let tolerance = match problem.precision {
            Precision::Double => 1e-5,
            Precision::Single => 2e-3,
        };
        let mut random: Random = problem.random();
        let tangent = random.normals(problem.at.len());
        let cotangent = random.normal();
        problem.value(problem.at);
        let estimate = cotangent * centred(problem, &tangent, 1e-4);
        let claim = cotangent * dot(problem.claim, &tangent);
        let both_nan = claim.is_nan() && estimate.is_nan();
        Answer::right(both_nan || close(claim, estimate, tolerance, tolerance))
    }
}

/// SciPy, `scipy.optimize.check_grad`: one-sided differences with the root of the machine epsilon in every coordinate;
/// it returns the Euclidean norm of what they differ from the gradient (docs.scipy.org, `check_grad`). It sets no
/// limit. 1e-6 is a usual one: `assert check_grad(..) < 1e-6`, which NaN fails; SciPy's own test allows 1.5e-7. As
/// `approx_fprime` does, it divides by the step that rounding left. It has no settings for `f32`.
struct Scipy;

impl Rule for Scipy {
    fn name(&self) -> &'static str {
        "SciPy"
    }

    fn takes(&self, precision: Precision) -> bool {
        precision == Precision::Double
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let root = f64::EPSILON.sqrt();
        let base = problem.value(problem.at);
        let mut moved = problem.at.to_vec();
        let slope = |i: usize| {
            let x = problem.at[i];
            moved[i] = x + root;
            if moved[i] == x {
                // too far from 0 for such a step: then it is relative
                moved[i] = x + root * x.abs().max(1.0).copysign(x);
            }
            let step = moved[i] - x;
            let slope = (problem.value(&moved) - base) / step;
            moved[i] = x;
            slope
        };
        let estimate: Vec<f64> = (0..problem.at.len()).map(slope).collect();
        Answer::right(norm(&minus(problem.claim, &estimate)) < 1e-6)
    }
}

/// The crate `gradcheck` 0.1: centred differences in every coordinate, divided by the step that rounding left. An
/// element is wrong if it differs by more than `absolute + relative m`, where m is the larger of both; right if by no
/// more than `relative m` and m is above a floor; else unchecked (docs.rs/gradcheck, `Config` and `Verdict`). Settings
/// are its `f64_defaults` and `f32_defaults`. A claim that is not finite is reported as such.
struct Gradcheck;

impl Rule for Gradcheck {
    fn name(&self) -> &'static str {
        "gradcheck 0.1"
    }

    fn takes(&self, _: Precision) -> bool {
        true
    }

    fn judge(&self, problem: &Problem) -> Answer {
        let (step, relative, absolute, floor) = match problem.precision {
            Precision::Double => (1e-5, 1e-6, 1e-10, 2e-10),
            Precision::Single => (1e-2, 1e-3, 1e-4, 2e-4),
        };
        let mut moved = problem.at.to_vec();
        let mut answer = Answer::Pass;
        for (i, (&x, &claim)) in problem.at.iter().zip(problem.claim).enumerate() {
            let [up, down] = [x + step, x - step].map(|end| {
                moved[i] = end;
                problem.value(&moved)
            });
            moved[i] = x;
            let [right, left] = [x + step, x - step].map(|end| problem.precision.round(end));
            let estimate = (up - down) / (right - left);
            let size = claim.abs().max(estimate.abs());
            let difference = (claim - estimate).abs();
            let element = if !claim.is_finite() {
                return Answer::Flag;
            } else if !estimate.is_finite() {
                Answer::Error
            } else if difference > absolute + relative * size {
                Answer::Flag
            } else if size > floor && difference <= relative * size {
                Answer::Pass
            } else {
                Answer::Undecided
            };
            answer = graver(answer, element);
        }
        answer
    }
}

/// Of two answers about elements, the one that becomes the answer about the gradient.
fn graver(a: Answer, b: Answer) -> Answer {
    let rank = |answer| match answer {
        Answer::Pass => 0,
        Answer::Undecided => 1,
        Answer::Flag => 2,
        Answer::Error => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}
