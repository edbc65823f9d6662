//! A case taken apart, to be changed and put together again.

use crate::graph::{Case, Dtype, Graph, Params, default_cotangent};
use crate::op::{Attr, Id, Input, Op};
use crate::tensor::{Shape, Tensor};

/// One node, by the places of its operands.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) name: Option<String>,
    pub(super) op: Op,
    pub(super) args: Vec<usize>,
    /// The numbers of a leaf.
    pub(super) data: Option<Tensor<f64>>,
}

/// A program as lines. It need not be legal; [`Sketch::case`] tells.
#[derive(Clone)]
pub(super) struct Sketch {
    pub(super) lines: Vec<Line>,
    pub(super) outputs: Vec<(usize, Option<Tensor<f64>>)>,
    pub(super) dtype: Dtype,
}

/// How large and how complicated a case is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    operations: usize,
    nodes: usize,
    outputs: usize,
    elements: usize,
    axes: usize,
    params: usize,
    attributes: usize,
    cotangents: usize,
    numbers: usize,
    narrow: bool,
}

/// How complicated a number is to read.
pub(super) fn complexity(x: f64) -> usize {
    let digits = format!("{x:?}").len();
    10 * digits + x.abs().min(9.0) as usize + usize::from(x.is_sign_negative())
}

fn attribute_cost(attr: &Attr) -> usize {
    match attr {
        Attr::Number(x) => complexity(*x),
        Attr::List(items) => 1 + items.iter().map(attribute_cost).sum::<usize>(),
        _ => 1,
    }
}

/// The operation with one attribute changed, if it takes it.
pub(super) fn with_attribute(op: &Op, name: &str, value: &Attr) -> Option<Op> {
    let given = op.attrs().into_iter().map(|(key, old)| {
        let new = if key == name { value.clone() } else { old };
        (key.to_string(), new)
    });
    op.kind()?.with(&given.collect::<Vec<_>>()).ok()
}

impl Line {
    /// An operation of one operand.
    pub(super) fn of(op: Op, arg: usize) -> Self {
        Self {
            name: None,
            op,
            args: vec![arg],
            data: None,
        }
    }

    /// A parameter or a constant.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(self.op, Op::Input(_))
    }
}

impl Sketch {
    pub(super) fn of(case: &Case) -> Self {
        let graph = &case.graph;
        let line = |id: Id| {
            let (node, name) = (graph.node(id), graph.name(id));
            let data = match node.op {
                Op::Input(Input::Param) => case.params.get(&name),
                _ => graph.constants().get(&id),
            };
            Line {
                data: data.cloned(),
                op: node.op.clone(),
                args: node.args.iter().map(|arg| arg.index()).collect(),
                name: graph.given_name(id).map(str::to_string),
            }
        };
        let cotangent = |(id, ct): (&Id, &Tensor<f64>)| {
            let default = default_cotangent(&graph.node(*id).shape).map(|x| case.dtype.round(x));
            (id.index(), (default != *ct).then(|| ct.clone()))
        };
        let outputs = graph.outputs().iter().zip(&case.cotangents);
        Self {
            lines: graph.ids().map(line).collect(),
            outputs: outputs.map(cotangent).collect(),
            dtype: case.dtype,
        }
    }

    /// The case, if the lines make a legal one.
    pub(super) fn case(&self) -> Option<Case> {
        let mut graph = Graph::new();
        let mut params = Params::new();
        for line in &self.lines {
            let name = line.name.as_deref().unwrap_or("");
            let id = match (&line.op, &line.data) {
                (Op::Input(Input::Param), Some(data)) => {
                    let id = graph.param(name, data.shape().clone()).ok()?;
                    params.insert(graph.name(id), data.clone());
                    id
                }
                (Op::Input(Input::Index), Some(data)) => graph.index(name, data.clone()).ok()?,
                (Op::Input(_), data) => graph.constant(name, data.clone()?).ok()?,
                (op, _) => {
                    let args: Vec<Id> = line.args.iter().map(|&arg| Id(arg as u32)).collect();
                    graph.push(name, op.clone(), &args).ok()?
                }
            };
            // a name that the program gave a node without one may stand for another by now
            if params.len() != graph.params().count() {
                return None;
            }
            debug_assert_eq!(id.index() + 1, graph.nodes().len());
        }
        let mut cotangents = Vec::new();
        for (place, given) in &self.outputs {
            let id = Id(*place as u32);
            graph.output(id);
            let shape = &graph.node(id).shape;
            let fitted = given.as_ref().and_then(|ct| fit(ct, shape));
            cotangents.push(fitted.unwrap_or_else(|| default_cotangent(shape)));
        }
        Case::with(graph, params, cotangents, self.dtype).ok()
    }

    pub(super) fn cost(&self) -> Cost {
        let leaves = || self.lines.iter().filter_map(|line| line.data.as_ref());
        let attributes = self.lines.iter().flat_map(|line| line.op.given_attrs());
        let given = || self.outputs.iter().filter_map(|(_, ct)| ct.as_ref());
        let is_param = |line: &&Line| line.op == Op::Input(Input::Param);
        Cost {
            operations: self.lines.iter().filter(|line| !line.is_leaf()).count(),
            nodes: self.lines.len(),
            outputs: self.outputs.len(),
            elements: leaves().map(Tensor::len).sum(),
            axes: leaves().map(Tensor::rank).sum(),
            params: self.lines.iter().filter(is_param).count(),
            attributes: attributes.map(|(_, attr)| 1 + attribute_cost(&attr)).sum(),
            cotangents: given().count(),
            numbers: leaves()
                .chain(given())
                .flat_map(Tensor::iter)
                .map(complexity)
                .sum(),
            narrow: self.dtype == Dtype::F32,
        }
    }

    /// Without the lines that no output depends on.
    pub(super) fn pruned(&self) -> Self {
        let mut live = vec![false; self.lines.len()];
        for (output, _) in &self.outputs {
            live[*output] = true;
        }
        for place in (0..self.lines.len()).rev() {
            if live[place] {
                for &arg in &self.lines[place].args {
                    live[arg] = true;
                }
            }
        }
        self.keeping(&live)
    }

    /// The lines that are marked; none of them reads another.
    pub(super) fn keeping(&self, live: &[bool]) -> Self {
        let mut places = vec![usize::MAX; self.lines.len()];
        let mut lines = Vec::new();
        for (place, line) in self.lines.iter().enumerate().filter(|(k, _)| live[*k]) {
            places[place] = lines.len();
            let args = line.args.iter().map(|&arg| places[arg]).collect();
            lines.push(Line {
                args,
                ..line.clone()
            });
        }
        let outputs = self.outputs.iter().map(|(k, ct)| (places[*k], ct.clone()));
        Self {
            outputs: outputs.collect(),
            lines,
            dtype: self.dtype,
        }
    }

    /// All that read or return `from` read or return `to`, which is earlier.
    pub(super) fn redirect(&mut self, from: usize, to: usize) {
        for line in &mut self.lines {
            for arg in &mut line.args {
                if *arg == from {
                    *arg = to;
                }
            }
        }
        for (output, _) in &mut self.outputs {
            if *output == from {
                *output = to;
            }
        }
    }

    /// The line becomes a leaf that holds `value`.
    pub(super) fn freeze(&mut self, place: usize, role: Input, value: &Tensor<f64>) {
        let line = &mut self.lines[place];
        line.op = Op::Input(role);
        line.args.clear();
        line.data = Some(value.map(|x| self.dtype.round(x)).contiguous());
    }

    /// The places of operations.
    pub(super) fn computed(&self) -> impl Iterator<Item = usize> {
        (0..self.lines.len()).filter(|&place| !self.lines[place].is_leaf())
    }

    /// A program of the operation at a place, on leaves that hold its operands.
    pub(super) fn alone(&self, place: usize, values: &[Tensor<f64>]) -> Self {
        let mut alone = self.clone();
        for &arg in &self.lines[place].args {
            if !self.lines[arg].is_leaf() {
                let role = match self.selects(arg) {
                    true => Input::Index,
                    false => Input::Param,
                };
                alone.freeze(arg, role, &values[arg]);
            }
        }
        alone.outputs = vec![(place, None)];
        alone.pruned()
    }

    /// How often a line is read or returned.
    pub(super) fn reads(&self, place: usize) -> usize {
        let args = self.lines.iter().flat_map(|line| line.args.iter());
        let read = args.filter(|&&arg| arg == place).count();
        read + self.outputs.iter().filter(|(k, _)| *k == place).count()
    }

    /// Puts a line at a place, and those there and behind it one further.
    pub(super) fn insert(&mut self, place: usize, line: Line) {
        let after = |k: &mut usize| *k += usize::from(*k >= place);
        for line in &mut self.lines {
            line.args.iter_mut().for_each(after);
        }
        self.outputs.iter_mut().for_each(|(k, _)| after(k));
        self.lines.insert(place, line);
    }

    /// Whether some operation selects by this line.
    pub(super) fn selects(&self, place: usize) -> bool {
        self.lines.iter().any(|line| {
            let mut args = line.args.iter().enumerate();
            args.any(|(i, &arg)| arg == place && line.op.is_index(i))
        })
    }
}

/// The leading part of a tensor that has the given shape, if it has one.
pub(super) fn fit(x: &Tensor<f64>, shape: &Shape) -> Option<Tensor<f64>> {
    if x.shape() == shape {
        return Some(x.clone());
    }
    let inside =
        x.rank() == shape.rank() && shape.iter().zip(x.shape().iter()).all(|(a, b)| a <= b);
    inside.then(|| Tensor::from_fn(shape, |k| x.at(&crate::graph::unravel(k, shape))))
}
