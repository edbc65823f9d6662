//! The program: plain, immutable data in static single assignment.
//!
//! A [`Graph`] is a list of nodes; each is an operation with its attributes and the earlier nodes it reads. It holds no
//! closures and no derivatives. Value, gradient, tangent, finite difference, picture, source text in another language,
//! random generation and shrinking are all readings of it.
//!
//! Invariants: index order is topological order; shapes are checked when a node is pushed, by [`Graph::push`] and
//! nowhere else, and never again; names are unique. Nothing recurses over a graph.

mod assembly;
mod build;
mod case;
mod error;
#[cfg(feature = "serde")]
pub(crate) mod json;
mod lexer;
mod params;
mod parse_error;
mod registry;
mod text;
mod write;

pub use build::GraphBuilder;
pub use case::{Case, CaseError, Dtype, default_cotangent};
pub use error::GraphError;
pub use params::Params;
#[cfg(feature = "check")]
pub(crate) use params::unravel;
pub use parse_error::{Fault, ParseError};
pub use registry::{Ops, RegistryError};
pub(crate) use write::{number as write_number, written_attrs};

use crate::op::{Id, Input, Op};
use crate::tensor::{Shape, Tensor};
use indexmap::IndexMap;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// An operation applied to earlier nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// The nodes it reads.
    pub args: SmallVec<[Id; 2]>,
    /// The shape of its value.
    pub shape: Shape,
}

/// A program.
///
/// ```
/// use secant::graph::Graph;
/// use secant::op::{Op, Row};
/// let mut graph = Graph::new();
/// let x = graph.param("x", [2].into())?;
/// let y = graph.push("y", Op::pointwise(Row::Sin), &[x])?;
/// graph.output(y);
/// assert_eq!(graph.node(y).shape.to_vec(), [2]);
/// # Ok::<(), secant::graph::GraphError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    names: Vec<Option<Box<str>>>,
    by_name: HashMap<Box<str>, Id>,
    constants: BTreeMap<Id, Tensor<f64>>,
    outputs: SmallVec<[Id; 1]>,
}

impl Graph {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tensor to differentiate by.
    ///
    /// # Errors
    /// If the name is taken or not a name.
    pub fn param(&mut self, name: &str, shape: Shape) -> Result<Id, GraphError> {
        self.input(name, Input::Param, shape)
    }

    /// Adds a constant tensor.
    ///
    /// # Errors
    /// If the name is taken or not a name.
    pub fn constant(&mut self, name: &str, value: Tensor<f64>) -> Result<Id, GraphError> {
        let id = self.input(name, Input::Const, value.shape().clone())?;
        self.constants.insert(id, value);
        Ok(id)
    }

    /// Adds a tensor of integers.
    ///
    /// # Errors
    /// If the name is taken or not a name, or an element is not an integer.
    pub fn index(&mut self, name: &str, value: Tensor<f64>) -> Result<Id, GraphError> {
        if let Some(x) = value
            .iter()
            .find(|x| x.fract() != 0.0 || x.abs() > 2f64.powi(53))
        {
            return Err(GraphError::input(
                name,
                "index",
                format!("{x} is not an integer"),
            ));
        }
        let id = self.input(name, Input::Index, value.shape().clone())?;
        self.constants.insert(id, value);
        Ok(id)
    }

    /// An input whose data, if it is a constant, somebody else keeps.
    pub(crate) fn leaf(&mut self, name: &str, role: Input, shape: Shape) -> Result<Id, GraphError> {
        self.input(name, role, shape)
    }

    /// Takes the last node back, which is unnamed.
    pub(crate) fn pop(&mut self) {
        self.nodes.pop();
        self.names.pop();
    }

    fn input(&mut self, name: &str, role: Input, shape: Shape) -> Result<Id, GraphError> {
        let op = Op::Input(role);
        if shape.checked_count().is_none() {
            let message = format!("shape {shape} is larger than memory can address");
            return Err(GraphError::input(name, op.name(), message));
        }
        self.add(
            name,
            Node {
                op,
                args: SmallVec::new(),
                shape,
            },
        )
    }

    /// Adds an operation on earlier nodes. An empty name leaves it unnamed.
    ///
    /// # Errors
    /// If the operation does not take operands of these shapes, or the name is taken or not a name.
    pub fn push(&mut self, name: &str, op: Op, args: &[Id]) -> Result<Id, GraphError> {
        if let Some(missing) = args.iter().find(|arg| arg.index() >= self.nodes.len()) {
            let message = format!("operand {} is not an earlier node", missing.0);
            return Err(GraphError::input(name, op.name(), message));
        }
        let shapes: SmallVec<[&Shape; 3]> = args.iter().map(|&arg| &self.node(arg).shape).collect();
        let shape = op.shape(&shapes);
        drop(shapes);
        match shape {
            Ok(shape) => self.add(
                name,
                Node {
                    op,
                    args: args.into(),
                    shape,
                },
            ),
            Err(e) => Err(GraphError {
                node: name.to_string(),
                op: op.name().to_string(),
                operands: args
                    .iter()
                    .map(|&id| (self.name(id).into_owned(), self.node(id).shape.clone()))
                    .collect(),
                message: e.0,
            }),
        }
    }

    fn add(&mut self, name: &str, node: Node) -> Result<Id, GraphError> {
        let id = Id(self.nodes.len() as u32);
        if !name.is_empty() {
            if !is_name(name) {
                let message =
                    format!("`{name}` is not a name: [A-Za-z_][A-Za-z0-9_.]*, and no number word");
                return Err(GraphError::input(name, node.op.name(), message));
            }
            if self.by_name.contains_key(name) {
                return Err(GraphError::input(
                    name,
                    node.op.name(),
                    format!("the name `{name}` is used twice"),
                ));
            }
            self.by_name.insert(name.into(), id);
        }
        self.names.push((!name.is_empty()).then(|| name.into()));
        self.nodes.push(node);
        Ok(id)
    }

    /// Adds a node of another program, with these operands in the place of its own.
    pub(crate) fn push_copy(&mut self, other: &Graph, id: Id, args: &[Id]) -> Id {
        let (node, name) = (other.node(id), other.names[id.index()].as_deref());
        let copy = Node {
            op: node.op.clone(),
            args: args.into(),
            shape: node.shape.clone(),
        };
        let place = self
            .add(name.unwrap_or(""), copy)
            .expect("a name that is unique in its program");
        if let Some(data) = other.constants.get(&id) {
            self.constants.insert(place, data.clone());
        }
        place
    }

    /// Adds a node to the outputs; the same node may be given twice.
    pub fn output(&mut self, id: Id) {
        assert!(
            id.index() < self.nodes.len(),
            "output {} is not a node",
            id.0
        );
        self.outputs.push(id);
    }

    /// Forgets everything, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.names.clear();
        self.by_name.clear();
        self.constants.clear();
        self.outputs.clear();
    }

    /// Forgets which nodes are outputs.
    pub(crate) fn clear_outputs(&mut self) {
        self.outputs.clear();
    }

    /// The nodes; each reads only earlier ones.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    /// The handles of all nodes.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id> + use<> {
        (0..self.nodes.len() as u32).map(Id)
    }

    /// The outputs.
    pub fn outputs(&self) -> &[Id] {
        &self.outputs
    }

    /// The parameters, in order of definition.
    pub fn params(&self) -> impl Iterator<Item = Id> + '_ {
        self.ids()
            .filter(|&id| self.node(id).op == Op::Input(Input::Param))
    }

    /// The data of constants and indices.
    pub fn constants(&self) -> &BTreeMap<Id, Tensor<f64>> {
        &self.constants
    }

    /// Replaces the data of a constant by others of the same shape.
    pub(crate) fn set_constant(&mut self, id: Id, value: Tensor<f64>) {
        assert_eq!(
            value.shape(),
            &self.node(id).shape,
            "a constant keeps its shape"
        );
        self.constants.insert(id, value);
    }

    /// The node of a name, also of one that was given none and is called by its place.
    ///
    /// ```
    /// use secant::Graph;
    /// let mut graph = Graph::new();
    /// let x = graph.param("", [2].into())?;
    /// assert_eq!(graph.find("v0"), Some(x));
    /// # Ok::<(), secant::graph::GraphError>(())
    /// ```
    pub fn find(&self, name: &str) -> Option<Id> {
        let by_place = || {
            let place = name.strip_prefix('v')?.trim_end_matches('_');
            let id = Id(place.parse().ok()?);
            (id.index() < self.nodes.len() && self.name(id) == name).then_some(id)
        };
        self.by_name.get(name).copied().or_else(by_place)
    }

    /// The name that a node was given, if it was given one.
    #[cfg(feature = "fuzz")]
    pub(crate) fn given_name(&self, id: Id) -> Option<&str> {
        self.names[id.index()].as_deref()
    }

    /// A node's name; one that was given none is called by its place, `v7`, or, where somebody else has that name,
    /// `v7_`.
    pub fn name(&self, id: Id) -> Cow<'_, str> {
        match &self.names[id.index()] {
            Some(name) => Cow::Borrowed(name),
            None => {
                let mut name = format!("v{}", id.0);
                while self.by_name.contains_key(name.as_str()) {
                    name.push('_');
                }
                Cow::Owned(name)
            }
        }
    }

    /// A node as a person would write it: `h = matmul(w [2, 3], x [3])`.
    pub fn describe(&self, id: Id) -> String {
        let node = self.node(id);
        let operand = |&arg: &Id| format!("{} {}", self.name(arg), self.node(arg).shape);
        let operands: Vec<String> = node.args.iter().map(operand).collect();
        format!(
            "{} = {}({})",
            self.name(id),
            node.op.name(),
            operands.join(", ")
        )
    }

    /// For each node, whether an output depends on it.
    pub fn live(&self) -> Vec<bool> {
        self.feeding(&self.outputs)
    }

    /// For each node, whether one of `outputs` depends on it.
    pub fn feeding(&self, outputs: &[Id]) -> Vec<bool> {
        let mut live = vec![false; self.nodes.len()];
        for output in outputs {
            live[output.index()] = true;
        }
        for (place, node) in self.nodes.iter().enumerate().rev() {
            if live[place] {
                for arg in &node.args {
                    live[arg.index()] = true;
                }
            }
        }
        live
    }

    /// The number of nodes that compute, inputs not counted.
    pub fn operations(&self) -> usize {
        self.nodes
            .iter()
            .filter(|node| !matches!(node.op, Op::Input(_)))
            .count()
    }

    /// How often each operation is used, by name.
    pub fn histogram(&self) -> IndexMap<String, usize> {
        let mut counts = IndexMap::new();
        for node in self
            .nodes
            .iter()
            .filter(|node| !matches!(node.op, Op::Input(_)))
        {
            *counts.entry(node.op.name().to_string()).or_insert(0) += 1;
        }
        counts
    }
}

impl PartialEq for Graph {
    /// The same nodes under the same names with the same data, to the bit, where there is one NaN.
    fn eq(&self, other: &Self) -> bool {
        self.nodes.len() == other.nodes.len()
            && self
                .nodes
                .iter()
                .zip(&other.nodes)
                .all(|(a, b)| same_node(a, b))
            && self.outputs == other.outputs
            && self.ids().all(|id| self.name(id) == other.name(id))
            && self.constants.len() == other.constants.len()
            && self
                .constants
                .iter()
                .zip(&other.constants)
                .all(|((i, a), (j, b))| i == j && same_bits(a, b))
    }
}

fn same_node(a: &Node, b: &Node) -> bool {
    let same_attrs = || {
        let (a, b) = (a.op.attrs(), b.op.attrs());
        a.iter()
            .zip(&b)
            .all(|((_, a), (_, b))| write::same_attr(a, b))
    };
    let same_op = match (a.op.kind(), b.op.kind()) {
        (Some(a), Some(b)) => a == b && same_attrs(),
        _ => a.op == b.op,
    };
    same_op && a.args == b.args && a.shape == b.shape
}

/// Equal shapes and elements, to the bit, where there is one NaN.
pub(crate) fn same_bits(a: &Tensor<f64>, b: &Tensor<f64>) -> bool {
    a.shape() == b.shape()
        && a.iter()
            .zip(b.iter())
            .all(|(x, y)| write::same_number(x, y))
}

/// Whether files can call a node so.
pub fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'.')
        && !["nan", "inf", "none", "true", "false"].contains(&name)
}
