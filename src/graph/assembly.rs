//! What the readers of all formats share: they hand over names, data and operations with their places in the source, and
//! every rule of a program is checked here, once.

use super::parse_error::{Broken, Fault, did_you_mean, quoted};
use super::{Case, Dtype, Graph, Ops, Params, default_cotangent, is_name};
use crate::op::{Attr, Id, Input};
use crate::tensor::{Shape, Tensor};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A piece of a file and its place, in bytes from the start.
#[derive(Clone, Debug)]
pub(super) struct Placed<T> {
    pub(super) at: usize,
    pub(super) it: T,
}

pub(super) type Name<'s> = Placed<Cow<'s, str>>;

/// A case that is being read.
pub(super) struct Assembly<'o> {
    ops: &'o Ops,
    graph: Graph,
    params: Params<f64>,
    cotangents: HashMap<Id, Tensor<f64>>,
    elements: usize,
}

impl<'o> Assembly<'o> {
    pub(super) fn new(ops: &'o Ops) -> Self {
        let (graph, params) = (Graph::new(), Params::new());
        Self {
            ops,
            graph,
            params,
            cotangents: HashMap::new(),
            elements: 0,
        }
    }

    /// The number of elements that data of this shape must have.
    pub(super) fn count(shape: &Placed<Shape>) -> Result<usize, Broken> {
        if shape.it.rank() > Case::MAX_RANK {
            let found = format!("a shape of rank {}", shape.it.rank());
            return Err(Broken::new(
                shape.at,
                Fault::TooLarge,
                found,
                format!("at most {} axes", Case::MAX_RANK),
            ));
        }
        shape.it.checked_count().ok_or_else(|| {
            let found = format!("the shape {}", shape.it);
            Broken::new(
                shape.at,
                Fault::TooLarge,
                found,
                "a shape that memory can address",
            )
        })
    }

    /// An input and its data, which are as many as the shape says.
    pub(super) fn input(
        &mut self,
        role: Input,
        name: &Name<'_>,
        shape: Placed<Shape>,
        data: Vec<f64>,
    ) -> Result<(), Broken> {
        self.free(name)?;
        self.grow(shape.at, &shape.it)?;
        let broken =
            |e: super::GraphError| Broken::new(name.at, Fault::Data, e.to_string(), "legal data");
        let tensor = Tensor::new(shape.it, data).map_err(|e| {
            Broken::new(
                shape.at,
                Fault::Data,
                e.to_string(),
                "data that fill the shape",
            )
        })?;
        match role {
            Input::Param => {
                self.graph
                    .param(&name.it, tensor.shape().clone())
                    .map_err(broken)?;
                self.params.insert(name.it.as_ref(), tensor);
            }
            Input::Const => {
                self.graph.constant(&name.it, tensor).map_err(broken)?;
            }
            Input::Index => {
                self.graph.index(&name.it, tensor).map_err(broken)?;
            }
        }
        Ok(())
    }

    /// An operation.
    pub(super) fn apply(
        &mut self,
        name: &Name<'_>,
        op: &Name<'_>,
        args: &[Name<'_>],
        attrs: Vec<(Name<'_>, Attr)>,
    ) -> Result<(), Broken> {
        self.free(name)?;
        let Some(known) = self.ops.attributes(&op.it) else {
            let found = format!("the unknown operation {}", quoted(&op.it));
            let expected = format!("an operation{}", did_you_mean(&op.it, self.ops.names()));
            return Err(Broken::new(
                op.at,
                Fault::UnknownOp(op.it.to_string()),
                found,
                expected,
            ));
        };
        for (i, (attr, _)) in attrs.iter().enumerate() {
            if !known.contains(&attr.it.as_ref()) {
                let found = format!("the unknown attribute {} of {}", quoted(&attr.it), op.it);
                let expected = match known[..] {
                    [] => "none, for it has no attributes".to_string(),
                    _ => format!(
                        "one of {}{}",
                        known.join(", "),
                        did_you_mean(&attr.it, known.iter().copied())
                    ),
                };
                return Err(Broken::new(attr.at, Fault::Attribute, found, expected));
            }
            // after the check above this loop runs over no more attributes than the operation has
            if attrs[..i].iter().any(|(other, _)| other.it == attr.it) {
                let found = format!("the attribute `{}` a second time", attr.it);
                return Err(Broken::new(
                    attr.at,
                    Fault::Attribute,
                    found,
                    "each attribute once",
                ));
            }
        }
        let args = args
            .iter()
            .map(|arg| self.defined(arg))
            .collect::<Result<Vec<Id>, _>>()?;
        let places: Vec<(String, usize)> = attrs
            .iter()
            .map(|(name, _)| (format!("`{}`", name.it), name.at))
            .collect();
        let given: Vec<(String, Attr)> = attrs
            .into_iter()
            .map(|(name, attr)| (name.it.into_owned(), attr))
            .collect();
        let made = self
            .ops
            .make(&op.it, &given)
            .expect("an operation with attributes is known");
        let made = made.map_err(|message| {
            // the message quotes the attribute that it is about
            let place = places
                .iter()
                .find(|(quoted, _)| message.contains(quoted.as_str()));
            let (found, expected) = match message.rsplit_once("; expected ") {
                Some((found, expected)) => (found.to_string(), expected.to_string()),
                None => (message, "legal attributes".to_string()),
            };
            Broken::new(
                place.map_or(op.at, |place| place.1),
                Fault::Attribute,
                found,
                expected,
            )
        })?;
        let id = self.graph.push(&name.it, made, &args).map_err(|e| {
            let names = self.ops_operands(&op.it);
            Broken::new(
                op.at,
                Fault::Shape,
                quoted_node(&e.to_string()),
                format!("operands that fit{names}"),
            )
        })?;
        let shape = self.graph.node(id).shape.clone();
        self.grow(op.at, &shape)
    }

    fn ops_operands(&self, op: &str) -> String {
        crate::op::Kind::from_name(op).map_or_else(String::new, |kind| {
            format!(" {op}({})", kind.operands().join(", "))
        })
    }

    /// The cotangent of an output.
    pub(super) fn cotangent(&mut self, name: &Name<'_>, data: Vec<f64>) -> Result<(), Broken> {
        let id = self.defined(name)?;
        let shape = self.graph.node(id).shape.clone();
        let tensor = Tensor::new(shape, data).map_err(|e| {
            Broken::new(
                name.at,
                Fault::Data,
                e.to_string(),
                format!("as many as `{}` has elements", name.it),
            )
        })?;
        match self.cotangents.insert(id, tensor) {
            None => Ok(()),
            Some(_) => {
                let found = format!("a second cotangent of `{}`", name.it);
                Err(Broken::new(
                    name.at,
                    Fault::Name,
                    found,
                    "one for each name, which serves all its places",
                ))
            }
        }
    }

    /// The node that a name means.
    pub(super) fn defined(&self, name: &Name<'_>) -> Result<Id, Broken> {
        self.graph.find(&name.it).ok_or_else(|| {
            let names: Vec<Cow<'_, str>> = self.graph.ids().map(|id| self.graph.name(id)).collect();
            let hint = did_you_mean(&name.it, names.iter().map(AsRef::as_ref));
            let found = format!("the name {}, which is not defined", quoted(&name.it));
            Broken::new(
                name.at,
                Fault::Name,
                found,
                format!("a name that is defined above{hint}"),
            )
        })
    }

    /// The shape of a node that is defined.
    pub(super) fn shape(&self, name: &Name<'_>) -> Result<Shape, Broken> {
        Ok(self.graph.node(self.defined(name)?).shape.clone())
    }

    /// The case. The names of the cotangents that were given are checked here, where the outputs are known.
    pub(super) fn finish(
        mut self,
        outputs: &[Name<'_>],
        given: &[Name<'_>],
        dtype: Dtype,
    ) -> Result<Case, Broken> {
        for output in outputs {
            let id = self.defined(output)?;
            // each place holds a cotangent
            let shape = self.graph.node(id).shape.clone();
            self.grow(output.at, &shape)?;
            self.graph.output(id);
        }
        let places: HashSet<Id> = self.graph.outputs().iter().copied().collect();
        for name in given {
            if !places.contains(&self.defined(name)?) {
                let found = format!("a cotangent of {}, which is not returned", quoted(&name.it));
                return Err(Broken::new(
                    name.at,
                    Fault::Name,
                    found,
                    "a name that is returned",
                ));
            }
        }
        for &id in self.graph.outputs() {
            let shape = &self.graph.node(id).shape;
            self.cotangents
                .entry(id)
                .or_insert_with(|| default_cotangent(shape));
        }
        let cotangents = self
            .graph
            .outputs()
            .iter()
            .map(|id| self.cotangents[id].clone())
            .collect();
        let place = outputs.first().map_or(0, |output| output.at);
        Case::with(self.graph, self.params, cotangents, dtype).map_err(|e| {
            Broken::new(
                place,
                Fault::Attribute,
                e.to_string(),
                "a program that is legal in its dtype",
            )
        })
    }

    fn free(&self, name: &Name<'_>) -> Result<(), Broken> {
        if !is_name(&name.it) {
            let expected = "a name: [A-Za-z_][A-Za-z0-9_.]*, and none of nan inf none true false";
            return Err(Broken::new(
                name.at,
                Fault::Name,
                quoted(&name.it),
                expected,
            ));
        }
        if self.graph.find(&name.it).is_some() {
            let found = format!("the name {}, which is defined already", quoted(&name.it));
            return Err(Broken::new(name.at, Fault::Name, found, "a new name"));
        }
        Ok(())
    }

    /// Counts a node's elements, so that no small file makes a large program.
    fn grow(&mut self, at: usize, shape: &Shape) -> Result<(), Broken> {
        let shape = Placed {
            at,
            it: shape.clone(),
        };
        self.elements = self.elements.saturating_add(Self::count(&shape)?);
        if self.elements <= Case::MAX_ELEMENTS {
            return Ok(());
        }
        let found = format!(
            "the shape {}, with which the program has {} elements",
            shape.it, self.elements
        );
        Err(Broken::new(
            at,
            Fault::TooLarge,
            found,
            format!("at most {}", Case::MAX_ELEMENTS),
        ))
    }
}

/// A message about a node, cut where operands are very many.
fn quoted_node(message: &str) -> String {
    const LONGEST: usize = 400;
    let mut short: String = message.chars().take(LONGEST).collect();
    if short.len() < message.len() {
        short.push_str(" ...");
    }
    short
}
