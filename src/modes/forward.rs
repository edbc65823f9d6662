//! Forward mode: the derivative of a program along one direction.
//!
//! There are two, which share nothing: evaluation on dual numbers ([`push_forward`]), which differentiates the kernels;
//! and rules for whole tensors ([`linearize`]), which follow from what the operations already say of themselves. A linear
//! operation's tangent is the operation of the tangents, a bilinear one's the sum of two applications, a pointwise one's
//! comes from its partial derivatives; for the rest, `J t` is the adjoint of the vector-Jacobian product `c -> c^T J`,
//! which is linear in `c`.

use super::reverse::{along, sweep};
use super::{Both, Error, run};
use crate::graph::{Graph, GraphBuilder, Node};
use crate::number::Real;
use crate::op::{Builder, Eager, Id, Input, Linearity, Op, Row, Site};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// The values of the outputs and their tangents along `direction`, by dual numbers.
///
/// # Errors
/// If parameters or direction do not fit the graph.
pub fn push_forward<T: Real>(
    graph: &Graph,
    params: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<Both<T>, Error> {
    let values = run(graph, &along(params, direction)?)?;
    let outputs = graph.outputs().iter().map(|id| &values[id.index()]);
    Ok(outputs
        .map(|y| (y.map(|d| d.value), y.map(|d| d.tangent)))
        .unzip())
}

/// The tangents of the outputs by linearity and partial derivatives, operation by operation.
///
/// # Errors
/// If parameters or direction do not fit the graph.
pub fn linearized<T: Real>(
    graph: &Graph,
    params: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<Vec<Tensor<T>>, Error> {
    let values = run(graph, params)?;
    let eager = Eager::new(&values);
    let moves: Vec<(Id, Id)> = graph
        .params()
        .zip(direction)
        .map(|(id, d)| (id, eager.put(d.clone())))
        .collect();
    let tangents = linearize(graph.nodes(), &eager, &moves);
    let outputs = graph.outputs().iter();
    Ok(outputs
        .map(|id| match tangents[id.index()] {
            Some(tangent) => eager.get(tangent),
            None => Tensor::zeros(&graph.node(*id).shape),
        })
        .collect())
}

/// The tangent of every node, given those of some; none where nothing moves.
///
/// The nodes' values must be known to the builder under the nodes' own handles. Tangents are held.
pub fn linearize(nodes: &[Node], b: &dyn Builder, seeds: &[(Id, Id)]) -> Vec<Option<Id>> {
    let mut tangents: Vec<Option<Id>> = vec![None; nodes.len()];
    for &(id, tangent) in seeds {
        b.hold(tangent);
        tangents[id.index()] = Some(tangent);
    }
    for (place, node) in nodes.iter().enumerate() {
        let moving: SmallVec<[Option<Id>; 3]> = node
            .args
            .iter()
            .enumerate()
            .map(|(i, arg)| tangents[arg.index()].filter(|_| node.op.carries(i)))
            .collect();
        if moving.iter().any(Option::is_some) {
            tangents[place] = tangent(node, nodes, b, Id(place as u32), &moving);
            if let Some(tangent) = tangents[place] {
                b.hold(tangent);
            }
            b.settle();
        }
    }
    tangents
}

fn tangent(
    node: &Node,
    nodes: &[Node],
    b: &dyn Builder,
    y: Id,
    moving: &[Option<Id>],
) -> Option<Id> {
    let sum = |terms: &mut dyn Iterator<Item = Id>| {
        let spread = terms.map(|term| b.broadcast_to(term, &node.shape));
        spread
            .collect::<Vec<_>>()
            .into_iter()
            .reduce(|total, term| b.pointwise(Row::Add, &[total, term]))
    };
    match (&node.op, node.op.linearity()) {
        (Op::Pointwise(f), _) => {
            // a pointwise Jacobian is diagonal: the share of a cotangent and the tangent are the same product
            let spread = |t: Id| b.broadcast_to(t, &node.shape);
            let mut terms = moving
                .iter()
                .enumerate()
                .filter_map(|(i, t)| t.and_then(|t| b.pull(f, i, &node.args, y, spread(t))))
                .collect::<Vec<_>>()
                .into_iter();
            sum(&mut terms)
        }
        (op, Linearity::Linear) => {
            let args: SmallVec<[Id; 3]> = node
                .args
                .iter()
                .zip(moving)
                .enumerate()
                .map(|(i, (&arg, t))| match t {
                    Some(t) => *t,
                    None if op.carries(i) => b.zeros(&nodes[arg.index()].shape),
                    None => arg,
                })
                .collect();
            Some(b.apply(op.clone(), &args))
        }
        (op, Linearity::Bilinear) => {
            let (left, right) = (node.args[0], node.args[1]);
            let first = moving[0].map(|t| b.apply(op.clone(), &[t, right]));
            let second = moving[1].map(|t| b.apply(op.clone(), &[left, t]));
            sum(&mut first.into_iter().chain(second))
        }
        (_, Linearity::General) => transpose_of_pullback(node, nodes, b, y, moving),
    }
}

/// `J t` as the adjoint, at `c`, of `c -> <c^T J, t>`: the rule is written into a program of its own, swept once, and the
/// result replayed.
fn transpose_of_pullback(
    node: &Node,
    nodes: &[Node],
    b: &dyn Builder,
    y: Id,
    moving: &[Option<Id>],
) -> Option<Id> {
    let recorder = GraphBuilder::default();
    let args: SmallVec<[Id; 3]> = node
        .args
        .iter()
        .map(|arg| recorder.param(&nodes[arg.index()].shape))
        .collect();
    let result = recorder.param(&node.shape);
    let cotangent = recorder.param(&node.shape);
    let wanted: SmallVec<[bool; 3]> = moving.iter().map(Option::is_some).collect();
    let shares = node.op.vjp(
        &recorder,
        Site {
            args: &args,
            y: result,
            wanted: &wanted,
        },
        cotangent,
    );
    let mut bound: Vec<Id> = node.args.iter().copied().collect();
    bound.extend([y, y]); // the cotangent's own value is never read: everything is linear in it
    let mut seeds = Vec::new();
    for (i, share) in shares {
        if let Some(t) = moving[i] {
            let share = recorder.sum_to(share, &nodes[node.args[i].index()].shape);
            seeds.push((share, recorder.param(&nodes[node.args[i].index()].shape)));
            bound.push(t);
        }
    }
    let pullback = recorder.finish();
    let recorder = GraphBuilder::new(pullback.clone());
    let adjoint = sweep(pullback.nodes(), &recorder, &seeds, &[cotangent])[0]?;
    let mut program = recorder.finish();
    program.output(adjoint);
    Some(replay(&program, program.outputs(), b, &bound)[0])
}

/// Applies the operations of a program that `outputs` depend on in another builder, its parameters bound to given values.
/// What nothing reads any more is forgotten on the way, with all else that the builder holds for nobody.
pub fn replay(program: &Graph, outputs: &[Id], b: &dyn Builder, bound: &[Id]) -> Vec<Id> {
    let mut given = bound.iter();
    let live = program.feeding(outputs);
    let mut readers = vec![0_u32; program.nodes().len()];
    let reading = program.nodes().iter().zip(&live).filter(|(_, live)| **live);
    for id in reading.flat_map(|(node, _)| &node.args).chain(outputs) {
        readers[id.index()] += 1;
    }
    let is_bound = |id: Id| program.node(id).op == Op::Input(Input::Param);
    let mut ids: Vec<Option<Id>> = Vec::with_capacity(program.nodes().len());
    for id in program.ids() {
        let node = program.node(id);
        if is_bound(id) {
            ids.push(given.next().copied());
            continue;
        }
        if !live[id.index()] {
            ids.push(None);
            continue;
        }
        let value = match program.constants().get(&id) {
            Some(data) => b.literal(data.clone()),
            None => {
                let place = |arg: &Id| ids[arg.index()].expect("parameters are bound");
                let args: SmallVec<[Id; 3]> = node.args.iter().map(place).collect();
                b.apply(node.op.clone(), &args)
            }
        };
        b.hold(value);
        ids.push(Some(value));
        for arg in &node.args {
            readers[arg.index()] -= 1;
            if readers[arg.index()] == 0 && !is_bound(*arg) {
                b.release(ids[arg.index()].expect("it was just read"));
            }
        }
        b.settle();
    }
    let results = outputs.iter().map(|id| ids[id.index()]);
    let results: Option<Vec<Id>> = results.collect();
    let results = results.expect("outputs are live and parameters are bound");
    let mut released = vec![false; program.nodes().len()];
    for (id, result) in outputs.iter().zip(&results) {
        if !is_bound(*id) && !std::mem::replace(&mut released[id.index()], true) {
            b.release(*result);
        }
    }
    results
}

/// The tangent program of a graph: its parameters are the given ones, then a direction for each; its outputs the
/// tangents of the given outputs.
pub fn tangent_program(graph: &Graph) -> Graph {
    let mut bare = graph.clone();
    bare.clear_outputs();
    let b = GraphBuilder::new(bare);
    let seeds: Vec<(Id, Id)> = graph
        .params()
        .map(|id| (id, b.param(&graph.node(id).shape)))
        .collect();
    let tangents = linearize(graph.nodes(), &b, &seeds);
    let outputs: Vec<Id> = graph
        .outputs()
        .iter()
        .map(|&id| {
            tangents[id.index()]
                .unwrap_or_else(|| (&b as &dyn Builder).zeros(&graph.node(id).shape))
        })
        .collect();
    let mut program = b.finish();
    for id in outputs {
        program.output(id);
    }
    program
}
