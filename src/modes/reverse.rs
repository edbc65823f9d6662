//! Reverse mode: one sweep over the nodes, last to first.
//!
//! The sweep owns accumulation and the undoing of broadcasting. A rule only hands out shares, so no rule can overwrite
//! another's gradient, forget to add a repeated use, or return a wrong shape. The same sweep computes at once (with the
//! eager builder) or records a gradient program (with a recording one).

use super::{Both, Error, run};
use crate::graph::{Graph, GraphBuilder, Node};
use crate::number::{Dual, Real};
use crate::op::{Builder, Eager, Id, Site};
use crate::tensor::{Shape, Tensor};
use smallvec::SmallVec;

/// For each node, whether gradient can flow from it to one of `wanted`.
pub fn reaches(nodes: &[Node], wanted: &[Id]) -> Vec<bool> {
    let mut reaches = vec![false; nodes.len()];
    for id in wanted {
        reaches[id.index()] = true;
    }
    for (place, node) in nodes.iter().enumerate() {
        let carried = node
            .args
            .iter()
            .enumerate()
            .any(|(i, arg)| node.op.carries(i) && reaches[arg.index()]);
        reaches[place] |= carried;
    }
    reaches
}

/// For each node, whether gradient can flow to it from one of `outputs`.
pub fn feeds(nodes: &[Node], outputs: &[Id]) -> Vec<bool> {
    let mut feeds = vec![false; nodes.len()];
    for id in outputs {
        feeds[id.index()] = true;
    }
    for (place, node) in nodes.iter().enumerate().rev() {
        if feeds[place] {
            for (i, arg) in node.args.iter().enumerate() {
                feeds[arg.index()] |= node.op.carries(i);
            }
        }
    }
    feeds
}

/// The adjoint of each of `wanted`, given the cotangents `seeds` of some nodes; none where nothing flowed.
///
/// The nodes' values must be known to the builder under the nodes' own handles. An adjoint is held until the sweep has
/// passed its node, those of `wanted` beyond the sweep; what a rule computes on the way is forgotten when it is done.
pub fn sweep(
    nodes: &[Node],
    b: &dyn Builder,
    seeds: &[(Id, Id)],
    wanted: &[Id],
) -> Vec<Option<Id>> {
    let active = reaches(nodes, wanted);
    // an adjoint, and whether it is a sum that nobody else sees
    let mut adjoints: Vec<Option<(Id, bool)>> = vec![None; nodes.len()];
    let add = |adjoints: &mut [Option<(Id, bool)>], to: Id, share: Id| {
        let slot = &mut adjoints[to.index()];
        let adjoint = match *slot {
            None => (share, false),
            Some((total, owned)) => {
                let sum = b.accumulate(total, share, owned);
                b.release(total);
                (sum, true)
            }
        };
        b.hold(adjoint.0);
        *slot = Some(adjoint);
    };
    for &(id, cotangent) in seeds {
        if active[id.index()] {
            add(&mut adjoints, id, cotangent);
        }
    }
    let mut kept = vec![false; nodes.len()];
    for id in wanted {
        kept[id.index()] = true;
    }
    let stop = kept.iter().position(|&kept| kept).unwrap_or(nodes.len());
    for place in (stop..nodes.len()).rev() {
        let node = &nodes[place];
        let (true, Some((cotangent, _))) = (active[place], adjoints[place]) else {
            continue;
        };
        let flows = |(i, arg): (usize, &Id)| node.op.carries(i) && active[arg.index()];
        let flow: SmallVec<[bool; 4]> = node.args.iter().enumerate().map(flows).collect();
        if !flow.contains(&true) {
            continue;
        }
        b.enter(Id(place as u32));
        let site = Site {
            args: &node.args,
            y: Id(place as u32),
            wanted: &flow,
        };
        for (i, share) in node.op.vjp(b, site, cotangent) {
            if flow[i] {
                let arg = node.args[i];
                b.hand(i);
                let share = b.sum_to(share, &nodes[arg.index()].shape);
                add(&mut adjoints, arg, share);
            }
        }
        if !kept[place] {
            b.release(cotangent);
        }
        b.settle();
    }
    wanted
        .iter()
        .map(|id| adjoints[id.index()].map(|(adjoint, _)| adjoint))
        .collect()
}

/// Why no gradient can flow from `outputs` to `param`: the node that cut it, or that nothing depends on it.
pub fn disconnected(graph: &Graph, outputs: &[Id], param: Id) -> Error {
    let reaches = reaches(graph.nodes(), &[param]);
    let mut depends = vec![false; graph.nodes().len()];
    depends[param.index()] = true;
    let mut cut = None;
    for id in graph.ids() {
        let node = graph.node(id);
        if node.args.iter().any(|arg| depends[arg.index()]) {
            depends[id.index()] = true;
            if cut.is_none() && !reaches[id.index()] {
                cut = Some(id);
            }
        }
    }
    let connected = outputs.iter().any(|id| depends[id.index()]);
    let by = cut.filter(|_| connected).map(|id| graph.describe(id));
    Error::Disconnected {
        param: graph.name(param).into_owned(),
        by,
    }
}

/// The gradient of `<cotangents, outputs>` by every parameter, computed at once; zeros where nothing flows.
///
/// # Errors
/// If parameters or cotangents do not fit the graph.
pub fn gradient<T: Real>(
    graph: &Graph,
    params: &[Tensor<T>],
    cotangents: &[Tensor<T>],
) -> Result<Both<T>, Error> {
    let values = run(graph, params)?;
    let wanted: Vec<Id> = graph.params().collect();
    let gradient = pull_back(graph.nodes(), &values, graph.outputs(), cotangents, &wanted);
    Ok((
        graph
            .outputs()
            .iter()
            .map(|id| values[id.index()].clone())
            .collect(),
        gradient,
    ))
}

/// The eager sweep over known values.
pub fn pull_back<T: Real>(
    nodes: &[Node],
    values: &[Tensor<T>],
    outputs: &[Id],
    cotangents: &[Tensor<T>],
    wanted: &[Id],
) -> Vec<Tensor<T>> {
    let eager = Eager::new(values);
    let seeds: Vec<(Id, Id)> = outputs
        .iter()
        .zip(cotangents)
        .map(|(&id, ct)| (id, eager.put(ct.clone())))
        .collect();
    let adjoints = sweep(nodes, &eager, &seeds, wanted);
    let shape = |id: &Id| nodes[id.index()].shape.clone();
    wanted
        .iter()
        .zip(adjoints)
        .map(|(id, adjoint)| {
            adjoint.map_or_else(|| Tensor::zeros(shape(id)), |adjoint| eager.get(adjoint))
        })
        .collect()
}

/// The Hessian-vector product of `<cotangents, outputs>` along `direction`: the eager sweep on dual numbers (forward over
/// reverse).
///
/// # Errors
/// If parameters, cotangents or direction do not fit the graph.
pub fn hvp<T: Real>(
    graph: &Graph,
    params: &[Tensor<T>],
    cotangents: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<Vec<Tensor<T>>, Error> {
    let duals = along(params, direction)?;
    let cotangents: Vec<Tensor<Dual<T>>> =
        cotangents.iter().map(|ct| ct.map(Dual::constant)).collect();
    let (_, gradient) = gradient(graph, &duals, &cotangents)?;
    Ok(gradient.iter().map(|g| g.map(|d| d.tangent)).collect())
}

/// Parameters that move along a direction.
pub(super) fn along<T: Real>(
    params: &[Tensor<T>],
    direction: &[Tensor<T>],
) -> Result<Vec<Tensor<Dual<T>>>, Error> {
    if params.len() != direction.len() {
        return Err(Error::Mismatch(format!(
            "{} parameters, but {} directions",
            params.len(),
            direction.len()
        )));
    }
    let pairs = params.iter().zip(direction).enumerate();
    pairs
        .map(|(k, (x, d))| match x.shape() == d.shape() {
            true => Ok(x.zip(d, |value, tangent| Dual { value, tangent })),
            false => Err(Error::Shape {
                what: format!("direction {k}"),
                expected: x.shape().clone(),
                found: d.shape().clone(),
            }),
        })
        .collect()
}

/// The gradient as a program: the given one, continued by its sweep. Its parameters are the given ones, then a cotangent
/// for each output; its outputs are the given ones, then the gradient by each parameter.
pub fn gradient_program(graph: &Graph) -> Graph {
    let wanted: Vec<Id> = graph.params().collect();
    let outputs = graph.outputs().to_vec();
    let b = GraphBuilder::new(graph.clone());
    let shape = |id: Id| graph.node(id).shape.clone();
    let seeds: Vec<(Id, Id)> = outputs
        .iter()
        .map(|&id| (id, b.param(&shape(id))))
        .collect();
    let adjoints = sweep(graph.nodes(), &b, &seeds, &wanted);
    let gradients: Vec<Id> = wanted
        .iter()
        .zip(adjoints)
        .map(|(&id, adjoint)| adjoint.unwrap_or_else(|| (&b as &dyn Builder).zeros(&shape(id))))
        .collect();
    let mut program = b.finish();
    for id in gradients {
        program.output(id);
    }
    program
}

/// The Hessian-vector product as a program (reverse over reverse). Its parameters are those of [`gradient_program`], then
/// a direction for each parameter of the given program; its outputs are the products.
pub fn hvp_program(graph: &Graph) -> Graph {
    let first = gradient_program(graph);
    let wanted: Vec<Id> = graph.params().collect();
    let gradients = &first.outputs()[graph.outputs().len()..];
    let b = GraphBuilder::new(without_outputs(&first));
    let seeds: Vec<(Id, Id)> = gradients
        .iter()
        .map(|&id| (id, b.param(&first.node(id).shape)))
        .collect();
    let adjoints = sweep(first.nodes(), &b, &seeds, &wanted);
    let products: Vec<Id> = wanted
        .iter()
        .zip(adjoints)
        .map(|(&id, adjoint)| {
            let shape: &Shape = &graph.node(id).shape;
            adjoint.unwrap_or_else(|| (&b as &dyn Builder).zeros(shape))
        })
        .collect();
    let mut program = b.finish();
    for id in products {
        program.output(id);
    }
    program
}

fn without_outputs(graph: &Graph) -> Graph {
    let mut copy = graph.clone();
    copy.clear_outputs();
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Op, Row};

    /// What a rule computes on the way, and adjoints that the sweep has passed, make room for others.
    #[test]
    fn a_sweep_forgets_what_it_has_passed() {
        let mut graph = Graph::new();
        let x = graph.param("x", [3].into()).unwrap();
        let mut y = x;
        for _ in 0..1000 {
            let square = graph.push("", Op::pointwise(Row::Square), &[y]).unwrap();
            y = graph.push("", Op::pointwise(Row::Sin), &[square]).unwrap();
            y = graph
                .push("", Op::pointwise(Row::Add), &[y, square])
                .unwrap();
            y = graph.push("", Op::pointwise(Row::Tanh), &[y]).unwrap();
        }
        graph.output(y);
        let values = run(&graph, &[Tensor::from([0.5, -1.0, 2.0])]).unwrap();
        let eager = Eager::new(&values);
        let seed = eager.put(Tensor::ones([3]));
        let adjoints = sweep(graph.nodes(), &eager, &[(y, seed)], &[x]);
        let gradient = eager.get(adjoints[0].expect("x is connected"));
        assert!(gradient.iter().all(f64::is_finite));
        assert!(eager.room() < 12, "room for {} values", eager.room());
    }
}
