//! The plain reading of a program: its values.

use super::Error;
use crate::graph::Graph;
use crate::number::Real;
use crate::op::{Id, Input, Op};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// The value of every node, given the parameters in the graph's order.
///
/// # Errors
/// If the parameters do not fit the graph, or the data leave an operation's domain (an index out of range).
pub fn run<T: Real>(graph: &Graph, params: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error> {
    let mut given = params.iter();
    let mut values: Vec<Tensor<T>> = Vec::with_capacity(graph.nodes().len());
    for id in graph.ids() {
        let node = graph.node(id);
        let value = match &node.op {
            Op::Input(Input::Param) => match given.next() {
                Some(value) if *value.shape() == node.shape => value.clone(),
                Some(value) => {
                    let what = format!("parameter {}", graph.name(id));
                    return Err(Error::Shape {
                        what,
                        expected: node.shape.clone(),
                        found: value.shape().clone(),
                    });
                }
                None => {
                    return Err(Error::Mismatch(format!(
                        "the parameter {} has no value",
                        graph.name(id)
                    )));
                }
            },
            Op::Input(_) => graph.constants()[&id].map(T::of),
            _ => compute(graph, id, |arg| &values[arg.index()])?,
        };
        debug_assert_eq!(*value.shape(), node.shape, "{}", graph.describe(id));
        values.push(value);
    }
    Ok(values)
}

/// The value of one node from those of its operands.
fn compute<'v, T: Real + 'v>(
    graph: &Graph,
    id: Id,
    value: impl Fn(Id) -> &'v Tensor<T>,
) -> Result<Tensor<T>, Error> {
    let node = graph.node(id);
    let args: SmallVec<[&Tensor<T>; 3]> = node.args.iter().map(|&arg| value(arg)).collect();
    node.op
        .eval(&args, &node.shape)
        .map_err(|e| Error::domain(graph.describe(id), e))
}

/// The nodes behind the parameters `moved` whose values change with them and that outputs depend on, in the graph's
/// order. A node that carries no gradient from any operand (`stop_gradient`, `argmax`) stands still: differences of runs
/// in which it does are what a derivative means.
pub fn cone(graph: &Graph, moved: &[Id]) -> Vec<Id> {
    behind(graph, moved, |_| false)
}

/// The [`cone`], with what moves all the same though it carries no gradient.
pub(crate) fn behind(graph: &Graph, moved: &[Id], moves: impl Fn(&Op) -> bool) -> Vec<Id> {
    let live = graph.live();
    let mut changes = vec![false; graph.nodes().len()];
    for id in moved {
        changes[id.index()] = true;
    }
    let mut cone = Vec::new();
    for id in graph.ids().filter(|id| live[id.index()]) {
        let node = graph.node(id);
        let stands = !moves(&node.op) && (0..node.args.len()).all(|i| !node.op.carries(i));
        if !stands && node.args.iter().any(|arg| changes[arg.index()]) {
            changes[id.index()] = true;
            cone.push(id);
        }
    }
    cone
}

/// The values of `moved` parameters and of the nodes in their [`cone`]; all other nodes keep those of `base`, an earlier
/// [`run`].
///
/// # Errors
/// If the data leave an operation's domain.
pub fn rerun<T: Real>(
    graph: &Graph,
    base: &[Tensor<T>],
    moved: impl IntoIterator<Item = (Id, Tensor<T>)>,
    cone: &[Id],
) -> Result<Vec<Option<Tensor<T>>>, Error> {
    let mut values: Vec<Option<Tensor<T>>> = vec![None; base.len()];
    for (id, value) in moved {
        values[id.index()] = Some(value);
    }
    for &id in cone {
        let known = |arg: Id| values[arg.index()].as_ref().unwrap_or(&base[arg.index()]);
        values[id.index()] = Some(compute(graph, id, known)?);
    }
    Ok(values)
}

/// The values of the outputs.
///
/// # Errors
/// As [`run`].
pub fn evaluate<T: Real>(graph: &Graph, params: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error> {
    let values = run(graph, params)?;
    Ok(graph
        .outputs()
        .iter()
        .map(|id| values[id.index()].clone())
        .collect())
}
