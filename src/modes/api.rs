//! Derivatives of functions: record once, then read what was recorded in the way that was asked for.

use super::reverse::{self, disconnected};
use super::{Error, Tape, Var, push_forward};
use crate::graph::Graph;
use crate::number::Real;
use crate::op::Id;
use crate::tensor::{Shape, Tensor};

/// The program that a function is at some arguments, and its output's shape.
fn trace<T: Real, F>(f: F, at: &[Tensor<T>]) -> Result<(Graph, Shape), Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let tape = Tape::new();
    let args: Vec<Var<'_, T>> = at.iter().map(|x| tape.var(x.clone())).collect();
    let y = f(&args);
    let graph = tape.recorded(&[y])?;
    let output = graph.outputs()[0];
    let feeds = reverse::feeds(graph.nodes(), &[output]);
    if let Some(cut) = graph.params().find(|param| !feeds[param.index()]) {
        return Err(disconnected(&graph, &[output], cut));
    }
    Ok((graph, y.shape()))
}

/// The gradient of a scalar function of tensors, one tensor an argument.
///
/// ```
/// use secant::{Tensor, grad};
/// let x = Tensor::from([1.0, 2.0, 3.0]);
/// let g = grad(|v| (v[0] * v[0]).sum(None, false), &[x])?;
/// assert_eq!(g[0].to_vec(), [2.0, 4.0, 6.0]);
/// # Ok::<(), secant::Error>(())
/// ```
///
/// # Errors
/// If the function's result is not one number, does not depend on an argument, or one of its operations cannot be.
pub fn grad<T: Real, F>(f: F, at: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    value_and_grad(f, at).map(|(_, gradient)| gradient)
}

/// The value and the gradient of a scalar function.
///
/// # Errors
/// As [`grad`].
pub fn value_and_grad<T: Real, F>(f: F, at: &[Tensor<T>]) -> Result<(T, Vec<Tensor<T>>), Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let tape = Tape::new();
    let args: Vec<Var<'_, T>> = at.iter().map(|x| tape.var(x.clone())).collect();
    let y = f(&args);
    let gradient = y.grad(&args)?;
    Ok((y.value().item(), gradient))
}

/// The value of a function, and the gradient of `<cotangent, value>`.
///
/// # Errors
/// As [`grad`], but for any shape of result; and if the cotangent has another shape.
pub fn vjp<T: Real, F>(
    f: F,
    at: &[Tensor<T>],
    cotangent: &Tensor<T>,
) -> Result<(Tensor<T>, Vec<Tensor<T>>), Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let tape = Tape::new();
    let args: Vec<Var<'_, T>> = at.iter().map(|x| tape.var(x.clone())).collect();
    let y = f(&args);
    let gradient = y.vjp(cotangent, &args)?;
    Ok((y.value(), gradient))
}

/// The value of a function, and its derivative along a direction.
///
/// ```
/// use secant::{Tensor, jvp};
/// let (x, d) = (Tensor::from([0.0, 1.0]), Tensor::from([1.0, 0.0]));
/// let (y, dy) = jvp(|v| v[0].exp(), &[x], &[d])?;
/// assert_eq!(dy.to_vec(), [1.0, 0.0]);
/// # let _ = y;
/// # Ok::<(), secant::Error>(())
/// ```
///
/// # Errors
/// As [`vjp`].
pub fn jvp<T: Real, F>(
    f: F,
    at: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<(Tensor<T>, Tensor<T>), Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let (graph, _) = trace(f, at)?;
    let (mut values, mut tangents) = push_forward(&graph, at, direction)?;
    Ok((values.remove(0), tangents.remove(0)))
}

/// The Hessian of a scalar function, times a direction: forward over reverse.
///
/// # Errors
/// As [`grad`]; and if the direction does not have the arguments' shapes.
pub fn hvp<T: Real, F>(
    f: F,
    at: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<Vec<Tensor<T>>, Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let (graph, shape) = trace(f, at)?;
    if shape.count() != 1 {
        return Err(Error::NotScalar { shape });
    }
    reverse::hvp(&graph, at, &[Tensor::ones(shape)], direction)
}

/// The Jacobian of a function by each argument, of shape: the result's, then the argument's. It is assembled from rows by
/// reverse mode or from columns by forward mode, whichever are fewer.
///
/// ```
/// use secant::{Tensor, jacobian};
/// let j = jacobian(|v| v[0] * v[0], &[Tensor::from([1.0, 2.0])])?;
/// assert_eq!(j[0], Tensor::from([[2.0, 0.0], [0.0, 4.0]]));
/// # Ok::<(), secant::Error>(())
/// ```
///
/// # Errors
/// As [`vjp`].
pub fn jacobian<T: Real, F>(f: F, at: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error>
where
    F: for<'t> Fn(&[Var<'t, T>]) -> Var<'t, T>,
{
    let (graph, shape) = trace(f, at)?;
    let (rows, columns) = (shape.count(), at.iter().map(Tensor::len).sum::<usize>());
    // each entry [argument][row * its size + column]
    let mut entries: Vec<Vec<T>> = at
        .iter()
        .map(|x| vec![T::of(0.0); rows * x.len()])
        .collect();
    if rows <= columns {
        let values = super::run(&graph, at)?;
        let wanted: Vec<Id> = graph.params().collect();
        for row in 0..rows {
            let seed = basis(&shape, row);
            let shares =
                reverse::pull_back(graph.nodes(), &values, graph.outputs(), &[seed], &wanted);
            for (entries, share) in entries.iter_mut().zip(shares) {
                let width = share.len();
                entries[row * width..(row + 1) * width].copy_from_slice(&share.to_vec());
            }
        }
    } else {
        for (k, x) in at.iter().enumerate() {
            for column in 0..x.len() {
                let direction: Vec<Tensor<T>> = at
                    .iter()
                    .enumerate()
                    .map(|(i, x)| {
                        if i == k {
                            basis(x.shape(), column)
                        } else {
                            Tensor::zeros(x.shape())
                        }
                    })
                    .collect();
                let (_, tangents) = push_forward(&graph, at, &direction)?;
                for (row, entry) in tangents[0].iter().enumerate() {
                    entries[k][row * x.len() + column] = entry;
                }
            }
        }
    }
    let full = |x: &Tensor<T>| -> Shape { shape.iter().chain(x.shape().iter()).copied().collect() };
    Ok(at
        .iter()
        .zip(entries)
        .map(|(x, entries)| Tensor::raw(full(x), entries))
        .collect())
}

/// The Hessian of a scalar function of one tensor, of shape: the argument's, twice.
///
/// ```
/// use secant::{Tensor, hessian};
/// let h = hessian(|x| (x * x * x).sum(None, false), &Tensor::from([1.0, 2.0]))?;
/// assert_eq!(h, Tensor::from([[6.0, 0.0], [0.0, 12.0]]));
/// # Ok::<(), secant::Error>(())
/// ```
///
/// # Errors
/// As [`grad`].
pub fn hessian<T: Real, F>(f: F, at: &Tensor<T>) -> Result<Tensor<T>, Error>
where
    F: for<'t> Fn(Var<'t, T>) -> Var<'t, T>,
{
    let (graph, shape) = trace(|args| f(args[0]), std::slice::from_ref(at))?;
    if shape.count() != 1 {
        return Err(Error::NotScalar { shape });
    }
    let mut rows = Vec::with_capacity(at.len() * at.len());
    for row in 0..at.len() {
        let direction = basis(at.shape(), row);
        let product = reverse::hvp(
            &graph,
            std::slice::from_ref(at),
            &[Tensor::ones(&shape)],
            &[direction],
        )?;
        rows.extend(product[0].iter());
    }
    let full: Shape = at
        .shape()
        .iter()
        .chain(at.shape().iter())
        .copied()
        .collect();
    Ok(Tensor::raw(full, rows))
}

/// 1 at element `k`, else 0.
fn basis<T: Real>(shape: &Shape, k: usize) -> Tensor<T> {
    Tensor::from_fn(shape, |i| T::of(if i == k { 1.0 } else { 0.0 }))
}
