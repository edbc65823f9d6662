//! How far a correct engine may be from the truth: bounds of the rounding of values, gradients, tangents and
//! Hessian-vector products.
//!
//! There is no separate error analysis: the program is unrolled onto the scalar tape over [`Ball`]s, numbers that carry
//! a bound of their rounding error, and swept. Adjoints and partial derivatives are balls too, so what comes out is
//! the gradient with the error that the engine's arithmetic may leave in each element.

use crate::graph::{Case, Dtype};
use crate::modes::{Error, linearized, push_forward, run};
use crate::number::{Ball, Double, Dual, Number, Precision, Real, Single};
use crate::scalar::{Tape, Var};
use crate::tensor::Tensor;

/// A number as the engine's arithmetic would have it, and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// The value, computed in binary64.
    pub value: f64,
    /// The bound of its rounding error in the engine's arithmetic.
    pub delta: f64,
}

impl Bounded {
    fn of<P: Precision>(ball: Ball<P>) -> Self {
        Self {
            value: ball.value,
            delta: ball.delta,
        }
    }
}

/// Bounds for the values of all nodes, and for the gradient by all parameters.
pub struct Bounds {
    /// For each node, its value with bounds.
    pub values: Vec<Tensor<Bounded>>,
    /// For each parameter, the gradient with bounds.
    pub gradient: Vec<Tensor<Bounded>>,
}

type Vars<'t, T> = Vec<Tensor<Var<'t, T>>>;

/// Parameters on a scalar tape.
fn unroll<'t, T: Real>(tape: &'t Tape<T>, params: impl Iterator<Item = Tensor<T>>) -> Vars<'t, T> {
    params.map(|x| x.map(|x| tape.var(x))).collect()
}

/// Each output element with its cotangent.
fn seeds<'t, T: Real>(
    case: &Case,
    values: &[Tensor<Var<'t, T>>],
    number: impl Fn(f64) -> T,
) -> Vec<(Var<'t, T>, T)> {
    let outputs = case.graph.outputs().iter().map(|id| &values[id.index()]);
    let pairs = outputs.zip(&case.cotangents);
    pairs
        .flat_map(|(y, ct)| y.iter().zip(ct.iter().map(&number)).collect::<Vec<_>>())
        .collect()
}

/// The bounds for the case's own arithmetic.
///
/// # Errors
/// If the case cannot be evaluated.
pub fn bounds(case: &Case) -> Result<Bounds, Error> {
    match case.dtype {
        Dtype::F64 => bounds_in::<Double>(case),
        Dtype::F32 => bounds_in::<Single>(case),
    }
}

fn bounds_in<P: Precision>(case: &Case) -> Result<Bounds, Error> {
    let tape = Tape::<Ball<P>>::new();
    let params = unroll(&tape, case.params.values().map(|x| x.map(Ball::exact)));
    let values = run(&case.graph, &params)?;
    let gradient = tape.pull_back(seeds(case, &values, Ball::exact));
    Ok(Bounds {
        values: values
            .iter()
            .map(|x| x.map(|v| Bounded::of(v.value)))
            .collect(),
        gradient: params
            .iter()
            .map(|x| x.map(|v| Bounded::of(gradient.of(v))))
            .collect(),
    })
}

/// The bounds of the outputs' tangents along a direction.
///
/// # Errors
/// If the case cannot be evaluated.
pub fn tangent_bounds(
    case: &Case,
    direction: &[Tensor<f64>],
) -> Result<Vec<Tensor<Bounded>>, Error> {
    fn of<P: Precision>(
        case: &Case,
        direction: &[Tensor<f64>],
    ) -> Result<Vec<Tensor<Bounded>>, Error> {
        let params: Vec<Tensor<Ball<P>>> =
            case.params.values().map(|x| x.map(Ball::exact)).collect();
        let direction: Vec<Tensor<Ball<P>>> =
            direction.iter().map(|d| d.map(Ball::exact)).collect();
        let (_, tangents) = push_forward(&case.graph, &params, &direction)?;
        // an engine may differentiate a formula statement by statement, or an operation by its partial derivatives;
        // where terms cancel in one way, they need not in the other
        let by_partials = linearized(&case.graph, &params, &direction)?;
        let larger = |a: Ball<P>, b: Ball<P>| Bounded {
            value: a.value,
            delta: if b.delta > a.delta { b.delta } else { a.delta },
        };
        let pairs = tangents.iter().zip(&by_partials);
        Ok(pairs.map(|(a, b)| a.zip(b, larger)).collect())
    }
    match case.dtype {
        Dtype::F64 => of::<Double>(case, direction),
        Dtype::F32 => of::<Single>(case, direction),
    }
}

/// The bounds of the Hessian-vector product along a direction.
///
/// # Errors
/// If the case cannot be evaluated.
pub fn hvp_bounds(case: &Case, direction: &[Tensor<f64>]) -> Result<Vec<Tensor<Bounded>>, Error> {
    fn of<P: Precision>(
        case: &Case,
        direction: &[Tensor<f64>],
    ) -> Result<Vec<Tensor<Bounded>>, Error> {
        let tape = Tape::<Dual<Ball<P>>>::new();
        let moving = case.params.values().zip(direction).map(|(x, d)| {
            x.zip(d, |value, tangent| Dual {
                value: Ball::exact(value),
                tangent: Ball::exact(tangent),
            })
        });
        let params = unroll(&tape, moving);
        let values = run(&case.graph, &params)?;
        let gradient = tape.pull_back(seeds(case, &values, Dual::of));
        Ok(params
            .iter()
            .map(|x| x.map(|v| Bounded::of(gradient.of(v).tangent)))
            .collect())
    }
    match case.dtype {
        Dtype::F64 => of::<Double>(case, direction),
        Dtype::F32 => of::<Single>(case, direction),
    }
}
