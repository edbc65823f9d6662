//! How far a correct engine may be from the truth: bounds of the rounding of values, gradients, tangents and
//! Hessian-vector products.
//!
//! There is no separate error analysis: the program is unrolled onto the scalar tape over [`Ball`]s, numbers that carry
//! a bound of their rounding error, and swept. Adjoints and partial derivatives are balls too, so what comes out is
//! the gradient with the error that the engine's arithmetic may leave in each element.

use crate::graph::{Case, Dtype};
use crate::modes::{Error, evaluate, linearized, push_forward, reverse, run};
use crate::number::{Ball, Dual, Number, Real, Rounding};
use crate::op::Id;
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

impl<A> From<Ball<A>> for Bounded {
    fn from(Ball { value, delta, .. }: Ball<A>) -> Self {
        Self { value, delta }
    }
}

/// Bounds for the values of all nodes, and for the gradient by all parameters.
pub struct Bounds {
    /// For each node, its value with bounds.
    pub values: Vec<Tensor<Bounded>>,
    /// For each parameter, the gradient with bounds.
    pub gradient: Vec<Tensor<Bounded>>,
}

/// The larger of two bounds: an engine may differentiate a formula statement by statement, or an operation by its rule;
/// where terms cancel in one way, they need not in the other. A rule that divides by 0 bounds nothing.
fn larger<A: Rounding>(mut statements: Ball<A>, rule: Ball<A>) -> Ball<A> {
    if rule.delta > statements.delta && rule.delta.is_finite() {
        statements.delta = rule.delta;
    }
    statements
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
        Dtype::F32 => bounds_in::<f32>(case),
        Dtype::F64 => bounds_in::<f64>(case),
    }
}

fn bounds_in<A: Rounding>(case: &Case) -> Result<Bounds, Error> {
    let tape = Tape::<Ball<A>>::new();
    let params: Vec<_> = case
        .params
        .values()
        .map(|x| x.map(|x| tape.var(Ball::exact(x))))
        .collect();
    let values = run(&case.graph, &params)?;
    let gradient = tape.pull_back(seeds(case, &values, Ball::exact));
    let exact = |x: &Tensor<f64>| x.map(Ball::exact);
    let cotangents: Vec<Tensor<Ball<A>>> = case.cotangents.iter().map(exact).collect();
    let balls: Vec<Tensor<Ball<A>>> = values.iter().map(|x| x.map(|v| v.value)).collect();
    let wanted: Vec<Id> = case.graph.params().collect();
    let (nodes, outputs) = (case.graph.nodes(), case.graph.outputs());
    let by_rules = reverse::pull_back(nodes, &balls, outputs, &cotangents, &wanted);
    Ok(Bounds {
        values: balls.iter().map(|x| x.map(Bounded::from)).collect(),
        gradient: params
            .iter()
            .zip(&by_rules)
            .map(|(x, rule)| x.zip(rule, |v, rule| larger(gradient.of(v), rule).into()))
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
    match case.dtype {
        Dtype::F32 => tangent_bounds_in::<f32>(case, direction),
        Dtype::F64 => tangent_bounds_in::<f64>(case, direction),
    }
}

fn tangent_bounds_in<A: Rounding>(
    case: &Case,
    direction: &[Tensor<f64>],
) -> Result<Vec<Tensor<Bounded>>, Error> {
    let exact = |x: &Tensor<f64>| x.map(Ball::exact);
    let params: Vec<Tensor<Ball<A>>> = case.params.values().map(exact).collect();
    let direction: Vec<Tensor<Ball<A>>> = direction.iter().map(exact).collect();
    let (_, tangents) = push_forward(&case.graph, &params, &direction)?;
    let by_rules = linearized(&case.graph, &params, &direction)?;
    let bounded = |statements, rule| Bounded::from(larger(statements, rule));
    let pairs = tangents.iter().zip(&by_rules);
    Ok(pairs.map(|(a, b)| a.zip(b, bounded)).collect())
}

/// The bounds of the Hessian-vector product along a direction.
///
/// # Errors
/// If the case cannot be evaluated.
pub fn hvp_bounds(case: &Case, direction: &[Tensor<f64>]) -> Result<Vec<Tensor<Bounded>>, Error> {
    match case.dtype {
        Dtype::F32 => hvp_bounds_in::<f32>(case, direction),
        Dtype::F64 => hvp_bounds_in::<f64>(case, direction),
    }
}

fn hvp_bounds_in<A: Rounding>(
    case: &Case,
    direction: &[Tensor<f64>],
) -> Result<Vec<Tensor<Bounded>>, Error> {
    let tape = Tape::<Dual<Ball<A>>>::new();
    let moving = case.params.values().zip(direction).map(|(x, d)| {
        x.zip(d, |value, tangent| {
            tape.var(Dual {
                value: Ball::exact(value),
                tangent: Ball::exact(tangent),
            })
        })
    });
    let params: Vec<_> = moving.collect();
    let values = run(&case.graph, &params)?;
    let gradient = tape.pull_back(seeds(case, &values, Dual::of));
    let exact = |x: &Tensor<f64>| x.map(Ball::exact);
    let balls: Vec<Tensor<Ball<A>>> = case.params.values().map(exact).collect();
    let cotangents: Vec<Tensor<Ball<A>>> = case.cotangents.iter().map(exact).collect();
    let direction: Vec<Tensor<Ball<A>>> = direction.iter().map(exact).collect();
    // rules have two ways as well: on dual numbers, and the rules of their own operations
    let forward = reverse::hvp(&case.graph, &balls, &cotangents, &direction)?;
    let given: Vec<Tensor<Ball<A>>> = [balls, cotangents, direction].concat();
    let backward = evaluate(&reverse::hvp_program(&case.graph), &given)?;
    let ways = params.iter().zip(forward.iter().zip(&backward));
    let bounded = |(x, (forward, backward)): (&Tensor<Var<'_, Dual<Ball<A>>>>, _)| {
        let by_statements = x.map(|v| gradient.of(v).tangent);
        let bound: Tensor<Ball<A>> = by_statements.zip(forward, larger).zip(backward, larger);
        bound.map(Bounded::from)
    };
    Ok(ways.map(bounded).collect())
}
