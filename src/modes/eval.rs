//! The plain reading of a program: its values.

use super::Error;
use crate::graph::Graph;
use crate::number::Real;
use crate::op::{Input, Op};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// The value of every node, given the parameters in the graph's order.
///
/// # Errors
/// If the parameters do not fit the graph, or the data leave an operation's domain (an index out of range).
pub fn run<T: Real>(graph: &Graph, params: &[Tensor<T>]) -> Result<Vec<Tensor<T>>, Error> {
    run_beside(graph, params, None)
}

/// The same; but nodes that carry no gradient from any operand (`stop_gradient`, `argmax`) keep the values that they have
/// in `base`. Differences of such runs are what a derivative means.
///
/// # Errors
/// As [`run`].
pub fn run_beside<T: Real>(
    graph: &Graph,
    params: &[Tensor<T>],
    base: Option<&[Tensor<T>]>,
) -> Result<Vec<Tensor<T>>, Error> {
    let mut given = params.iter();
    let mut values: Vec<Tensor<T>> = Vec::with_capacity(graph.nodes().len());
    for id in graph.ids() {
        let node = graph.node(id);
        let stands = |op: &Op| (0..node.args.len()).all(|i| !op.carries(i));
        let value = match &node.op {
            op if !matches!(op, Op::Input(_)) && base.is_some() && stands(op) => {
                base.expect("some")[id.index()].clone()
            }
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
            Op::Input(_) => match base {
                Some(base) => base[id.index()].clone(),
                None => graph.constants()[&id].map(T::of),
            },
            op => {
                let args: SmallVec<[&Tensor<T>; 3]> =
                    node.args.iter().map(|arg| &values[arg.index()]).collect();
                op.eval(&args, &node.shape)
                    .map_err(|e| Error::domain(graph.describe(id), e))?
            }
        };
        debug_assert_eq!(*value.shape(), node.shape, "{}", graph.describe(id));
        values.push(value);
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
