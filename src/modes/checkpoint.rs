//! Memory for time: a part of a program whose intermediate values are computed again when the sweep comes by.
//!
//! The part is a program of its own, and an operation of the program around it.

use super::reverse::gradient_program;
use super::{Error, Tape, Var, replay, run};
use crate::graph::{Graph, GraphBuilder, Node};
use crate::number::Real;
use crate::op::{Builder, Custom, CustomOp, Id, Op, Shares, Site};
use crate::tensor::{Shape, ShapeError, Tensor};
use smallvec::SmallVec;
use std::any::Any;
use std::sync::Arc;

impl<T: Real> Tape<T> {
    /// `f` of `args`, of which only the result is kept: the backward sweep computes the values in between again.
    ///
    /// The values of a chain of n steps are n; in √n parts of √n steps they are never more than about 2 √n at once, for one
    /// more evaluation. Parts may hold parts. `f` sees its arguments and plain numbers; other variables come in as
    /// arguments.
    ///
    /// ```
    /// use secant::{Tape, Tensor, Var};
    /// fn three_steps<'t>(args: &[Var<'t>]) -> Var<'t> {
    ///     let (w, h) = (args[0], args[1]);
    ///     (0..3).fold(h, |h, _| (w * h).tanh())
    /// }
    /// let tape = Tape::new();
    /// let w = tape.var(Tensor::from([0.5, 1.5]));
    /// let h = tape.constant(Tensor::from([1.0, 1.0]));
    /// let kept = three_steps(&[w, h]).sum(None, false).grad(&[w])?;
    /// let recomputed = tape.checkpoint(three_steps, &[w, h]).sum(None, false).grad(&[w])?;
    /// assert_eq!(kept, recomputed);
    /// # Ok::<(), secant::Error>(())
    /// ```
    pub fn checkpoint<'t, F>(&'t self, f: F, args: &[Var<'t, T>]) -> Var<'t, T>
    where
        F: for<'a> Fn(&[Var<'a, T>]) -> Var<'a, T>,
    {
        match part(f, args) {
            Ok((part, value)) => {
                let op = Op::Custom(Custom(Arc::new(Checkpoint(part))));
                self.record_known(op, args, value)
            }
            Err(error) => self.poison(error),
        }
    }
}

/// The program of `f`, and its value.
fn part<T: Real, F>(f: F, args: &[Var<'_, T>]) -> Result<(Graph, Tensor<T>), Error>
where
    F: for<'a> Fn(&[Var<'a, T>]) -> Var<'a, T>,
{
    let tape = Tape::new();
    let given: Vec<Var<'_, T>> = args.iter().map(|x| tape.var(x.value())).collect();
    let y = f(&given);
    Ok((tape.recorded(&[y])?, y.value()))
}

/// A program with one output, as an operation of its parameters.
struct Checkpoint(Graph);

impl CustomOp for Checkpoint {
    fn name(&self) -> &str {
        "checkpoint"
    }

    fn operands(&self) -> usize {
        self.0.params().count()
    }

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        for (param, found) in self.0.params().zip(args) {
            let expected = &self.0.node(param).shape;
            if expected != *found {
                return Err(ShapeError(format!(
                    "a checkpoint recorded for an operand of shape {expected}, found {found}"
                )));
            }
        }
        Ok(self.0.node(self.0.outputs()[0]).shape.clone())
    }

    fn value(&self, b: &dyn Builder, args: &[Id]) -> Id {
        replay(&self.0, self.0.outputs(), b, args)[0]
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        // the part's own values come first in its gradient program: this is where they are computed again
        let program = gradient_program(&self.0);
        let gradient = &program.outputs()[1..];
        let wanted = (0..at.args.len()).filter(|&i| at.wanted[i]);
        let outputs: Vec<Id> = wanted.clone().map(|i| gradient[i]).collect();
        let bound: Vec<Id> = at.args.iter().copied().chain([ct]).collect();
        wanted.zip(replay(&program, &outputs, b, &bound)).collect()
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let args: Vec<Tensor<f64>> = args.iter().map(|&x| x.clone()).collect();
        let Ok(values) = run(&self.0, &args) else {
            return 0.0;
        };
        let distance = |node: &Node| {
            let args: SmallVec<[&Tensor<f64>; 3]> =
                node.args.iter().map(|arg| &values[arg.index()]).collect();
            node.op.smooth(&args, &node.shape)
        };
        let nodes = self.0.nodes().iter();
        nodes.map(distance).fold(f64::INFINITY, f64::min)
    }
}

/// The program with its checkpoints written out, in operations that files and other engines have.
pub(super) fn written_out(graph: Graph) -> Graph {
    let part = |node: &Node| -> Option<Arc<Checkpoint>> {
        let Op::Custom(Custom(op)) = &node.op else {
            return None;
        };
        let op: Arc<dyn Any + Send + Sync> = op.clone();
        op.downcast().ok()
    };
    if graph.nodes().iter().all(|node| part(node).is_none()) {
        return graph;
    }
    let mut whole = Graph::new();
    let mut places: Vec<Id> = Vec::with_capacity(graph.nodes().len());
    for id in graph.ids() {
        let node = graph.node(id);
        let args: SmallVec<[Id; 3]> = node.args.iter().map(|arg| places[arg.index()]).collect();
        places.push(match part(node) {
            None => whole.push_copy(&graph, id, &args),
            Some(part) => {
                let part = written_out(part.0.clone());
                let b = GraphBuilder::new(whole);
                let y = replay(&part, part.outputs(), &b, &args)[0];
                whole = b.finish();
                y
            }
        });
    }
    for id in graph.outputs() {
        whole.output(places[id.index()]);
    }
    whole
}
