//! A part of a program as a case of its own, with the numbers that it met in the whole.
//!
//! What the part reads from outside becomes a leaf that holds its value: a parameter where gradient flowed on, a constant where none
//! did. So a part asks an engine for nothing that the whole did not ask for, and a fault of one rule shows in every part
//! that holds its node.

use crate::graph::{Case, Graph, Params};
use crate::modes::{Error, reverse, run};
use crate::op::{Id, Input, Op};
use crate::tensor::Tensor;

/// A case and the values of its nodes.
pub(super) struct Whole<'c> {
    pub(super) case: &'c Case,
    pub(super) values: Vec<Tensor<f64>>,
    /// For each node, whether gradient can flow from it to a parameter.
    pub(super) active: Vec<bool>,
}

impl<'c> Whole<'c> {
    pub(super) fn new(case: &'c Case) -> Result<Self, Error> {
        let params = case.params.to_tensors();
        let wanted: Vec<Id> = case.graph.params().collect();
        Ok(Self {
            case,
            values: run(&case.graph, &params)?,
            active: reverse::reaches(case.graph.nodes(), &wanted),
        })
    }

    /// The adjoints of some nodes.
    pub(super) fn adjoints(&self, of: &[Id]) -> Vec<Tensor<f64>> {
        let Case {
            graph, cotangents, ..
        } = self.case;
        reverse::pull_back(graph.nodes(), &self.values, graph.outputs(), cotangents, of)
    }

    /// The operations that outputs depend on and that hand gradient to a parameter, in order.
    pub(super) fn operations(&self) -> Vec<Id> {
        let graph = &self.case.graph;
        let live = graph.live();
        let is_meant = |id: &Id| {
            let leaf = matches!(graph.node(*id).op, Op::Input(_));
            !leaf && live[id.index()]
        };
        graph.ids().filter(is_meant).collect()
    }

    /// The marked operations, with these outputs and their cotangents. Names are those of the whole. None if the numbers make
    /// no legal case.
    pub(super) fn part(&self, kept: &[bool], outputs: &[(Id, Tensor<f64>)]) -> Option<Case> {
        let whole = &self.case.graph;
        let (mut needed, mut selects) = (kept.to_vec(), vec![false; kept.len()]);
        for id in whole.ids().filter(|id| kept[id.index()]) {
            let node = whole.node(id);
            for (i, arg) in node.args.iter().enumerate() {
                needed[arg.index()] = true;
                selects[arg.index()] |= node.op.is_index(i);
            }
        }
        for (id, _) in outputs {
            needed[id.index()] = true;
        }
        let mut graph = Graph::new();
        let mut params = Params::new();
        let mut places: Vec<Option<Id>> = vec![None; kept.len()];
        for id in whole.ids().filter(|id| needed[id.index()]) {
            let (node, name) = (whole.node(id), whole.name(id));
            let value = || self.values[id.index()].contiguous();
            let place = match &node.op {
                op if kept[id.index()] && !matches!(op, Op::Input(_)) => {
                    let args: Option<Vec<Id>> =
                        node.args.iter().map(|arg| places[arg.index()]).collect();
                    graph.push(&name, op.clone(), &args?)
                }
                Op::Input(Input::Index) => graph.index(&name, value()),
                _ if selects[id.index()] => graph.index(&name, value()),
                _ if self.active[id.index()] => {
                    params.insert(name.as_ref(), value());
                    graph.param(&name, node.shape.clone())
                }
                _ => graph.constant(&name, value()),
            };
            places[id.index()] = Some(place.ok()?);
        }
        let mut cotangents = Vec::new();
        for (id, cotangent) in outputs {
            graph.output(places[id.index()]?);
            cotangents.push(cotangent.clone());
        }
        Case::with(graph, params, cotangents, self.case.dtype).ok()
    }

    /// The program from a node on: what it reads from before are its parameters.
    pub(super) fn suffix(&self, first: Id) -> Option<Case> {
        let live = self.case.graph.live();
        let kept: Vec<bool> = live
            .iter()
            .enumerate()
            .map(|(k, live)| *live && k >= first.index())
            .collect();
        let read = |id: Id| {
            let nodes = self.case.graph.nodes()[first.index()..].iter();
            nodes
                .zip(&kept[first.index()..])
                .any(|(node, kept)| *kept && node.args.contains(&id))
        };
        let outputs = self.case.graph.outputs().iter().zip(&self.case.cotangents);
        let outputs: Vec<(Id, Tensor<f64>)> = outputs
            .filter(|(id, _)| kept[id.index()] || read(**id))
            .map(|(id, ct)| (*id, ct.clone()))
            .collect();
        self.part(&kept, &outputs)
    }

    /// The program up to a node, which is left out: its outputs are what later nodes read, with the gradient that they
    /// receive from there.
    pub(super) fn prefix(&self, end: Id) -> Option<Case> {
        let graph = &self.case.graph;
        let later = self.suffix(end)?;
        let inside = Whole::new(&later).ok()?;
        let mut outputs: Vec<(Id, Tensor<f64>)> = Vec::new();
        let own: Vec<Id> = later.graph.params().collect();
        for (&param, adjoint) in own.iter().zip(inside.adjoints(&own)) {
            let id = graph
                .ids()
                .find(|&id| graph.name(id) == later.graph.name(param));
            let id = id.filter(|id| id.index() < end.index());
            if let Some(id) = id.filter(|&id| !matches!(graph.node(id).op, Op::Input(_))) {
                outputs.push((id, adjoint));
            }
        }
        for (id, cotangent) in graph.outputs().iter().zip(&self.case.cotangents) {
            let seen = outputs.iter().any(|(other, _)| other == id);
            if id.index() < end.index() && !seen {
                outputs.push((*id, cotangent.clone()));
            }
        }
        if outputs.is_empty() {
            return None;
        }
        let ids: Vec<Id> = outputs.iter().map(|(id, _)| *id).collect();
        self.part(&graph.feeding(&ids), &outputs)
    }

    /// Some operations, each with its whole adjoint for a cotangent.
    pub(super) fn among(&self, nodes: &[Id], also: &[Id]) -> Option<Case> {
        let mut kept = vec![false; self.values.len()];
        for id in nodes {
            kept[id.index()] = true;
        }
        let outputs: Vec<Id> = nodes.iter().chain(also).copied().collect();
        let adjoints = self.adjoints(&outputs);
        let outputs: Vec<(Id, Tensor<f64>)> = outputs.into_iter().zip(adjoints).collect();
        self.part(&kept, &outputs)
    }
}

/// One operation of a case by itself: the values of its operands as parameters, its adjoint as cotangent.
///
/// A fault in its rule shows there as it does in the whole. What the whole asks no gradient of is a constant.
///
/// # Errors
/// If the case cannot be evaluated.
///
/// ```
/// use secant::{Case, check::isolate};
/// let case = Case::from_text("secant 1\nparam x [] = 0.5\ny = sin(x)\nz = exp(y)\nreturn z\n")?;
/// let alone = isolate(&case, case.graph.find("z").unwrap())?;
/// assert_eq!(alone.graph.operations(), 1);
/// assert_eq!(alone.params["y"].item(), 0.5f64.sin());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn isolate(case: &Case, node: Id) -> Result<Case, Error> {
    let alone = Whole::new(case)?.among(&[node], &[]);
    alone.ok_or_else(|| {
        let node = case.graph.describe(node);
        Error::Mismatch(format!("{node} makes no case by itself"))
    })
}
