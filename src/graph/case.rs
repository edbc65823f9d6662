//! A case: a program with the numbers to run it on. What is generated, judged, shrunk, saved and replayed.

use super::{Graph, GraphError, Params, same_bits};
use crate::op::Attr;
use crate::tensor::{Shape, Tensor};
use std::collections::HashMap;
use std::fmt;

/// The arithmetic that a case is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dtype {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    #[default]
    F64,
}

impl Dtype {
    /// The word in files: `f32` or `f64`.
    pub fn name(self) -> &'static str {
        match self {
            Dtype::F32 => "f32",
            Dtype::F64 => "f64",
        }
    }

    /// The dtype of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Dtype::F32, Dtype::F64]
            .into_iter()
            .find(|dtype| dtype.name() == name)
    }

    /// The unit roundoff: what rounding a number may change, relative to it.
    pub fn unit(self) -> f64 {
        match self {
            Dtype::F32 => f64::from(f32::EPSILON) / 2.0,
            Dtype::F64 => f64::EPSILON / 2.0,
        }
    }

    /// `x` as this arithmetic holds it.
    pub fn round(self, x: f64) -> f64 {
        match self {
            Dtype::F32 => f64::from(x as f32),
            Dtype::F64 => x,
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A program, its parameters, and the cotangents of its outputs.
#[derive(Clone, Debug)]
pub struct Case {
    /// The program, with its constants.
    pub graph: Graph,
    /// The values of the program's parameters, by name.
    pub params: Params<f64>,
    /// A cotangent for each output, of the output's shape.
    pub cotangents: Vec<Tensor<f64>>,
    /// The arithmetic that the case is meant for.
    pub dtype: Dtype,
}

/// Numbers that do not fit the program.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseError {
    /// The program itself is not legal.
    Graph(GraphError),
    /// A parameter is missing, unknown, or of another shape; or a cotangent is.
    Mismatch(String),
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaseError::Graph(e) => e.fmt(f),
            CaseError::Mismatch(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for CaseError {}

impl From<GraphError> for CaseError {
    fn from(e: GraphError) -> Self {
        CaseError::Graph(e)
    }
}

/// The cotangent of an output for which none is given: 1 for a scalar; otherwise for element k in row-major order
/// (-1)^k (0.5 + frac((k + 1) 0.618...)), which is fixed and nowhere uniform.
pub fn default_cotangent(shape: &Shape) -> Tensor<f64> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9; // (sqrt(5) - 1) / 2
    if shape.rank() == 0 {
        return Tensor::scalar(1.0);
    }
    Tensor::from_fn(shape, |k| {
        let size = 0.5 + ((k + 1) as f64 * GOLDEN).fract();
        if k % 2 == 0 { size } else { -size }
    })
}

impl Case {
    /// A case with default cotangents, in binary64.
    ///
    /// # Errors
    /// If the parameters are not those of the graph, by name and shape.
    pub fn new(graph: Graph, params: Params<f64>) -> Result<Self, CaseError> {
        let cotangents = graph
            .outputs()
            .iter()
            .map(|&id| default_cotangent(&graph.node(id).shape))
            .collect();
        Self::with(graph, params, cotangents, Dtype::F64)
    }

    /// A case with everything given; a case for f32 rounds its data, its cotangents and its attributes.
    ///
    /// # Errors
    /// If there is no output, if the parameters are not those of the graph, by name and shape, or if a cotangent has not
    /// its output's shape. Files know cotangents by name: a node that is an output twice has the same cotangent twice.
    pub fn with(
        graph: Graph,
        params: Params<f64>,
        cotangents: Vec<Tensor<f64>>,
        dtype: Dtype,
    ) -> Result<Self, CaseError> {
        let mut ordered = Params::new();
        for id in graph.params() {
            let name = graph.name(id);
            let Some(value) = params.get(&name) else {
                return Err(CaseError::Mismatch(format!(
                    "the parameter {name} has no value"
                )));
            };
            if *value.shape() != graph.node(id).shape {
                let (found, expected) = (value.shape(), &graph.node(id).shape);
                return Err(CaseError::Mismatch(format!(
                    "the parameter {name} has shape {expected}, its value {found}"
                )));
            }
            ordered.insert(name, value.clone());
        }
        if let Some(extra) = params.names().find(|name| ordered.get(name).is_none()) {
            return Err(CaseError::Mismatch(format!(
                "the program has no parameter {extra}"
            )));
        }
        if graph.outputs().is_empty() {
            return Err(CaseError::Mismatch("the program has no output".into()));
        }
        if cotangents.len() != graph.outputs().len() {
            let message = format!(
                "{} outputs, but {} cotangents",
                graph.outputs().len(),
                cotangents.len()
            );
            return Err(CaseError::Mismatch(message));
        }
        let mut first = HashMap::new();
        for (&id, cotangent) in graph.outputs().iter().zip(&cotangents) {
            if !same_bits(first.entry(id).or_insert(cotangent), cotangent) {
                let name = graph.name(id);
                let message =
                    format!("the output {name} is given twice, with different cotangents");
                return Err(CaseError::Mismatch(message));
            }
            if *cotangent.shape() != graph.node(id).shape {
                let (name, expected, found) =
                    (graph.name(id), &graph.node(id).shape, cotangent.shape());
                let message =
                    format!("the output {name} has shape {expected}, its cotangent {found}");
                return Err(CaseError::Mismatch(message));
            }
        }
        let case = Self {
            graph,
            params: ordered,
            cotangents,
            dtype,
        };
        if dtype == Dtype::F32 {
            case.rounded()
        } else {
            Ok(case)
        }
    }

    /// The case with everything rounded to its arithmetic.
    fn rounded(self) -> Result<Self, CaseError> {
        let round = |x: f64| self.dtype.round(x);
        let mut graph = Graph::new();
        for id in self.graph.ids() {
            let node = self.graph.node(id);
            let name = self.graph.name(id);
            match (self.graph.constants().get(&id), node.op.kind()) {
                (Some(data), _) if node.op == crate::op::Op::Input(crate::op::Input::Index) => {
                    graph.index(&name, data.clone())?;
                }
                (Some(data), _) => {
                    graph.constant(&name, data.map(round))?;
                }
                (None, Some(kind)) => {
                    let attrs = node.op.attrs().into_iter();
                    let rounded: Vec<(String, Attr)> = attrs
                        .map(|(key, attr)| (key.to_string(), round_attr(attr, self.dtype)))
                        .collect();
                    let op = kind.with(&rounded).map_err(CaseError::Mismatch)?;
                    graph.push(&name, op, &node.args)?;
                }
                (None, None) if matches!(node.op, crate::op::Op::Input(_)) => {
                    graph.param(&name, node.shape.clone())?;
                }
                (None, None) => {
                    graph.push(&name, node.op.clone(), &node.args)?;
                }
            }
        }
        for &output in self.graph.outputs() {
            graph.output(output);
        }
        let params = self.params.map(round);
        let cotangents = self.cotangents.iter().map(|ct| ct.map(round)).collect();
        Ok(Self {
            graph,
            params,
            cotangents,
            dtype: self.dtype,
        })
    }

    /// The same program and numbers for another arithmetic.
    ///
    /// # Errors
    /// If an attribute is not legal any more when it is rounded.
    pub fn to_dtype(&self, dtype: Dtype) -> Result<Self, CaseError> {
        Self::with(
            self.graph.clone(),
            self.params.clone(),
            self.cotangents.clone(),
            dtype,
        )
    }
}

fn round_attr(attr: Attr, dtype: Dtype) -> Attr {
    match attr {
        // integers stay: sizes, axes, seeds
        Attr::Number(x) if x.fract() != 0.0 => Attr::Number(dtype.round(x)),
        Attr::List(items) => Attr::List(
            items
                .into_iter()
                .map(|item| round_attr(item, dtype))
                .collect(),
        ),
        other => other,
    }
}

impl PartialEq for Case {
    /// The same program with the same numbers, to the bit, where there is one NaN.
    fn eq(&self, other: &Self) -> bool {
        self.graph == other.graph
            && self.dtype == other.dtype
            && self.params.len() == other.params.len()
            && self
                .params
                .iter()
                .zip(other.params.iter())
                .all(|((n, a), (m, b))| n == m && same_bits(a, b))
            && self.cotangents.len() == other.cotangents.len()
            && self
                .cotangents
                .iter()
                .zip(&other.cotangents)
                .all(|(a, b)| same_bits(a, b))
    }
}
