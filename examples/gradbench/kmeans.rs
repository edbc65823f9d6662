//! k-means by Newton's method (Bottou and Bengio 1994): the cost of centroids, and the step from its first and second
//! derivatives.

use super::protocol::{Answer, Request, matrix, matrix_of, rows, text, unknown_function};
use secant::{Error, Tape, Tensor, Var};
use serde::Deserialize;
use std::convert::identity;

#[derive(Deserialize)]
struct Input {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

struct Clusters {
    points: Tensor<f64>,
    centroids: Tensor<f64>,
}

fn prepare(input: Input) -> Result<Clusters, String> {
    let points = matrix("points", &input.points)?;
    let shape = [input.centroids.len(), points.shape()[1]];
    let centroids = matrix_of("centroids", &input.centroids, shape)?;
    Ok(Clusters { points, centroids })
}

/// The squared distance of each point from its nearest centroid, summed.
///
/// |p - c|^2 = |p|^2 + (|c|^2 - 2 p.c): one matrix product, and nothing of the size of points times centroids times
/// dimensions.
fn cost<'t>(points: Var<'t>, centroids: Var<'t>) -> Var<'t> {
    let beyond = centroids.square().sum(Some(vec![1]), false)
        - 2.0 * points.matmul(centroids.transpose(None));
    points.square().sum(None, false) + beyond.min_reduce(Some(vec![1]), false).sum(None, false)
}

/// The gradient over the Hessian's diagonal. The Hessian has nothing else, so its product with ones is that diagonal.
fn direction(clusters: &Clusters) -> Result<Tensor<f64>, Error> {
    let tape = Tape::new();
    let points = tape.constant(clusters.points.clone());
    let centroids = tape.var(clusters.centroids.clone());
    let gradient = cost(points, centroids).grad_recorded(&[centroids])?[0];
    let diagonal = &gradient.sum(None, false).grad(&[centroids])?[0];
    Ok(gradient.value().zip(diagonal, |g, h| g / h))
}

pub(crate) fn call(function: &str, request: &Request) -> Answer {
    match function {
        "cost" => request.measure(
            prepare,
            |Clusters { points, centroids }| {
                let tape = Tape::new();
                let (points, centroids) = (
                    tape.constant(points.clone()),
                    tape.constant(centroids.clone()),
                );
                Ok(cost(points, centroids).value().item())
            },
            identity,
        ),
        "dir" => request.measure(
            prepare,
            |clusters| direction(clusters).map_err(text),
            |step| rows(&step),
        ),
        _ => unknown_function(function),
    }
}
