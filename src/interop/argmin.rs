//! Functions as problems that the solvers of `argmin` minimise, with exact gradients and Hessians.
//!
//! A problem of single numbers is an [`Objective`] inside [`Numbers`]: one generic function, which runs on plain numbers for
//! the cost, on the scalar tape for the gradient, and on a tape of dual numbers for the Hessian. A problem of tensors is a
//! closure over a vector inside [`Tensors`]. Parameters and gradients are `Vec<f64>`, Hessians lists of rows.
//!
//! ```
//! use argmin::core::{Executor, State};
//! use argmin::solver::linesearch::MoreThuenteLineSearch;
//! use argmin::solver::quasinewton::LBFGS;
//! use secant::Real;
//! use secant::interop::argmin::{Numbers, Objective};
//!
//! struct Bowl;
//! impl Objective for Bowl {
//!     fn cost<N: Real>(&self, x: &[N]) -> N {
//!         (x[0] - N::of(1.0)).powi(2) + (x[1] + N::of(2.0)).powi(4)
//!     }
//! }
//!
//! let solver = LBFGS::new(MoreThuenteLineSearch::new(), 5);
//! let found = Executor::new(Numbers(Bowl), solver)
//!     .configure(|state| state.param(vec![0.0, 0.0]).max_iters(50))
//!     .run()?;
//! assert!(found.state().get_best_cost() < 1e-10);
//! # Ok::<(), argmin::core::Error>(())
//! ```

use crate::modes::{Var, hessian, scalar, value_and_grad};
use crate::number::{Dual, Real};
use crate::tensor::Tensor;
use ::argmin::core::{CostFunction, Error, Gradient, Hessian};

/// A function of numbers to minimise.
pub trait Objective {
    /// The value at `x`, on any number.
    fn cost<N: Real>(&self, x: &[N]) -> N;
}

/// An objective as a problem.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<F>(pub F);

impl<F: Objective> CostFunction for Numbers<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.0.cost(x))
    }
}

/// In reverse mode.
impl<F: Objective> Gradient for Numbers<F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(slopes(&self.0, x))
    }
}

/// Column by column, forward over reverse.
impl<F: Objective> Hessian for Numbers<F> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, x: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        let column = |k: usize| {
            let mut along: Vec<Dual<f64>> = x.iter().map(|&x| Dual::constant(x)).collect();
            along[k] = Dual::variable(x[k]);
            let column = slopes(&self.0, &along);
            column.iter().map(|slope| slope.tangent).collect()
        };
        Ok((0..x.len()).map(column).collect())
    }
}

/// The gradient in any number.
fn slopes<T: Real>(f: &impl Objective, at: &[T]) -> Vec<T> {
    let tape = scalar::Tape::new();
    let x: Vec<scalar::Var<'_, T>> = at.iter().map(|&x| tape.var(x)).collect();
    let gradient = tape.gradient(f.cost(&x));
    x.iter().map(|&x| gradient.of(x)).collect()
}

/// A function of a vector to a tensor of one number, as a problem.
///
/// ```
/// use argmin::core::{CostFunction, Gradient};
/// use secant::interop::argmin::Tensors;
///
/// let norm = Tensors::new(|x| x.square().sum(None, false));
/// assert_eq!(norm.cost(&vec![3.0, 4.0])?, 25.0);
/// assert_eq!(norm.gradient(&vec![3.0, 4.0])?, [6.0, 8.0]);
/// # Ok::<(), argmin::core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tensors<F>(F);

impl<F: for<'t> Fn(Var<'t>) -> Var<'t>> Tensors<F> {
    /// The problem of a function. Its errors (shapes that do not fit, a result that is not one number) are the problem's.
    pub fn new(f: F) -> Self {
        Self(f)
    }
}

impl<F: for<'t> Fn(Var<'t>) -> Var<'t>> CostFunction for Tensors<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        let tape = crate::Tape::new();
        let y = (self.0)(tape.constant(x.as_slice()));
        match tape.error() {
            Some(error) => Err(error.into()),
            None if y.shape().count() == 1 => Ok(y.value().item()),
            None => Err(crate::Error::NotScalar { shape: y.shape() }.into()),
        }
    }
}

impl<F: for<'t> Fn(Var<'t>) -> Var<'t>> Gradient for Tensors<F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let at = [Tensor::from(x.as_slice())];
        let (_, gradient) = value_and_grad(|x| (self.0)(x[0]), &at)?;
        Ok(gradient[0].to_vec())
    }
}

impl<F: for<'t> Fn(Var<'t>) -> Var<'t>> Hessian for Tensors<F> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, x: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        let flat = hessian(&self.0, &x.as_slice().into())?.to_vec();
        Ok(flat.chunks(x.len().max(1)).map(<[f64]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::argmin::core::{Executor, IterState, Solver, State};
    use ::argmin::solver::linesearch::MoreThuenteLineSearch;
    use ::argmin::solver::newton::NewtonCG;
    use ::argmin::solver::quasinewton::LBFGS;

    /// Rosenbrock's valley, whose minimum is 0 where all numbers are 1. In so large a unit that the inner loop of Newton-CG,
    /// which holds a squared residual against a slope, does not end too early.
    struct Rosenbrock;

    const UNIT: f64 = 1e4;

    impl Objective for Rosenbrock {
        fn cost<N: Real>(&self, x: &[N]) -> N {
            let (one, hundred) = (N::of(1.0), N::of(100.0));
            let unit = N::of(UNIT);
            let term = |pair: &[N]| {
                let (bend, rest) = (pair[1] - pair[0] * pair[0], one - pair[0]);
                unit * (hundred * bend * bend + rest * rest)
            };
            N::sum(&x.windows(2).map(term).collect::<Vec<N>>())
        }
    }

    /// The same in tensors.
    fn rosenbrock(x: Var<'_>) -> Var<'_> {
        let n = x.shape()[0] as i64;
        let part =
            |start: i64, stop: i64| x.slice(Some(vec![Some(start)]), Some(vec![Some(stop)]), None);
        let (here, next) = (part(0, n - 1), part(1, n));
        ((next - here.square()).square() * 100.0 + (1.0 - here).square()).sum(None, false) * UNIT
    }

    const START: [f64; 4] = [-1.2, 1.0, -0.5, 2.0];

    #[test]
    fn numbers_and_tensors_agree() {
        let (numbers, tensors) = (Numbers(Rosenbrock), Tensors::new(rosenbrock));
        let x = START.to_vec();
        let close = |a: &[f64], b: &[f64]| {
            assert_eq!(a.len(), b.len());
            for (a, b) in a.iter().zip(b) {
                assert!((a - b).abs() < 1e-12 * b.abs().max(1.0), "{a} {b}");
            }
        };
        close(&[numbers.cost(&x).unwrap()], &[tensors.cost(&x).unwrap()]);
        close(
            &numbers.gradient(&x).unwrap(),
            &tensors.gradient(&x).unwrap(),
        );
        let (a, b) = (numbers.hessian(&x).unwrap(), tensors.hessian(&x).unwrap());
        assert_eq!((a.len(), b.len()), (4, 4));
        for (a, b) in a.iter().zip(&b) {
            close(a, b);
        }
        // d2f/dx0 dx1 = -400 x0
        assert_eq!(a[0][1], 480.0 * UNIT);
    }

    #[track_caller]
    fn check<P, S, H>(problem: P, solver: S)
    where
        S: Solver<P, IterState<Vec<f64>, Vec<f64>, (), H, (), f64>>,
        P: CostFunction<Param = Vec<f64>, Output = f64>,
        IterState<Vec<f64>, Vec<f64>, (), H, (), f64>: State<Param = Vec<f64>, Float = f64>,
    {
        let run = Executor::new(problem, solver)
            .configure(|state| state.param(vec![-1.2, 1.0]).max_iters(200))
            .run();
        let found = run.unwrap();
        let best = found.state().get_best_param().unwrap();
        for x in best {
            assert!((x - 1.0).abs() < 1e-6, "{best:?}");
        }
    }

    #[test]
    fn solvers_find_the_valley_floor() {
        let search = MoreThuenteLineSearch::new;
        check::<_, _, ()>(Numbers(Rosenbrock), LBFGS::new(search(), 7));
        check::<_, _, ()>(Tensors::new(rosenbrock), LBFGS::new(search(), 7));
        check(Numbers(Rosenbrock), NewtonCG::new(search()));
        check(Tensors::new(rosenbrock), NewtonCG::new(search()));
    }

    #[test]
    fn errors_reach_the_solver() {
        let not_one_number = Tensors::new(|x| x * 2.0);
        let error = not_one_number
            .cost(&vec![1.0, 2.0])
            .unwrap_err()
            .to_string();
        assert!(error.contains("shape [2]"), "{error}");
        assert!(not_one_number.gradient(&vec![1.0, 2.0]).is_err());
        assert!(not_one_number.hessian(&vec![1.0, 2.0]).is_err());
        let misfit = Tensors::new(|x| (x + x.reshape(vec![3])).sum(None, false));
        assert!(misfit.cost(&vec![1.0, 2.0]).is_err());
        let run = Executor::new(misfit, LBFGS::new(MoreThuenteLineSearch::new(), 3))
            .configure(|state| state.param(vec![1.0, 2.0]))
            .run();
        assert!(run.is_err());
    }
}
