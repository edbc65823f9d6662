//! What a generator may draw from.

use crate::engine::{Capabilities, Engine};
use crate::graph::Dtype;
use crate::op::{Choices, Custom, CustomOp, Drawn, Kind, Op, Request};
use crate::tensor::Shape;
use std::fmt;
use std::sync::Arc;

/// The operations, the arithmetic and the size of the programs that are drawn.
#[derive(Clone)]
pub struct Scope {
    /// The built-in operations. No other ever appears in a program.
    pub kinds: Vec<Kind>,
    /// Operations of the user's, each as frequent as a built-in one.
    pub customs: Vec<Arc<dyn CustomOp>>,
    /// The arithmetic; none for either.
    pub dtype: Option<Dtype>,
    /// The largest number of operations in a program.
    pub max_nodes: usize,
}

impl Default for Scope {
    /// All built-in operations, both arithmetics, about ten operations a program.
    fn default() -> Self {
        Self {
            kinds: Kind::all().collect(),
            customs: Vec::new(),
            dtype: None,
            max_nodes: 20,
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let customs: Vec<&str> = self.customs.iter().map(|op| op.name()).collect();
        f.debug_struct("Scope")
            .field("kinds", &self.kinds.len())
            .field("customs", &customs)
            .field("dtype", &self.dtype)
            .field("max_nodes", &self.max_nodes)
            .finish()
    }
}

/// An operation without its attributes, built in or the user's.
#[derive(Clone, Copy)]
pub enum Choice<'s> {
    /// A built-in one.
    Kind(Kind),
    /// A user's.
    Custom(&'s Arc<dyn CustomOp>),
}

impl Choice<'_> {
    /// A shape for a first operand, where few suit.
    pub(super) fn first(self, from: &mut Choices<'_>) -> Option<Shape> {
        match self {
            Choice::Kind(kind) => kind.first(from),
            Choice::Custom(_) => None,
        }
    }

    /// The operation for a first operand of shape `x`, if it can take one.
    pub(super) fn draw(self, from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Op>> {
        match self {
            Choice::Kind(kind) => kind.draw(from, x),
            Choice::Custom(op) => {
                // nothing is known of the shapes that it takes: equal ones first, then scalars beside the first
                let shapes = |other: &Shape| {
                    let mut shapes = vec![x.clone()];
                    shapes.resize(op.operands(), other.clone());
                    shapes
                };
                let scalar = Shape::scalar();
                let mut partners = [x, &scalar];
                if from.chance(0.2) {
                    partners.reverse();
                }
                let fits = |other: &&Shape| {
                    let shapes = shapes(other);
                    op.shape(&shapes.iter().collect::<Vec<_>>()).is_ok()
                };
                let other = partners.into_iter().find(fits)?;
                let others = vec![Request::Tensor(other.clone()); op.operands().checked_sub(1)?];
                Drawn::with(Op::Custom(Custom(op.clone())), others)
            }
        }
    }
}

impl Scope {
    /// All that [`Scope::default`] has, but only these built-in operations, by name.
    ///
    /// # Errors
    /// If there is no operation of a name.
    pub fn only<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, String> {
        let kinds = names.into_iter().map(|name| {
            Kind::all()
                .find(|kind| kind.name() == name)
                .ok_or_else(|| format!("there is no operation `{name}`"))
        });
        let kinds = kinds.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            kinds,
            ..Self::default()
        })
    }

    /// Programs in which one operation comes often, between others that make its operands views and its cotangents uneven.
    ///
    /// # Errors
    /// If there is no operation of that name.
    pub fn around(name: &str) -> Result<Self, String> {
        let company = ["add", "mul", "sin", "transpose", "broadcast_to", "reshape"];
        Self::only(company.into_iter().chain([name]))
    }

    /// For each engine what it has of this, or all of it if that is nothing. Equal ones are there once, and there is one
    /// at least.
    pub(super) fn shares(&self, engines: &[Box<dyn Engine>]) -> Vec<Self> {
        let names = |scope: &Self| -> Vec<String> {
            let customs = scope.customs.iter().map(|op| op.name().to_string());
            customs.collect()
        };
        let mut shares: Vec<Self> = Vec::new();
        for engine in engines {
            let share = self.share(engine.capabilities());
            let is_same = |other: &Self| {
                let rest = (other.dtype, names(other)) == (share.dtype, names(&share));
                rest && other.kinds == share.kinds
            };
            if !shares.iter().any(is_same) {
                shares.push(share);
            }
        }
        if shares.is_empty() {
            shares.push(self.clone());
        }
        shares
    }

    /// What an engine has of this.
    fn share(&self, can: &Capabilities) -> Self {
        let mut share = self.clone();
        if let Some(ops) = &can.ops {
            share.kinds.retain(|kind| ops.contains(kind.name()));
            share.customs.retain(|op| ops.contains(op.name()));
        }
        if share.is_empty() {
            share = self.clone();
        }
        share.dtype = match (self.dtype, &can.dtypes[..]) {
            (None, &[only]) => Some(only),
            (dtype, _) => dtype,
        };
        share
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.kinds.len() + self.customs.len()
    }

    /// Whether there is no operation.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The operation at a place, the user's last.
    pub(super) fn choice(&self, place: usize) -> Choice<'_> {
        match self.kinds.get(place) {
            Some(&kind) => Choice::Kind(kind),
            None => Choice::Custom(&self.customs[place - self.kinds.len()]),
        }
    }

    /// The built-in operation of a name, if it may be drawn.
    pub(super) fn named(&self, name: &str) -> Option<Kind> {
        self.kinds.iter().copied().find(|kind| kind.name() == name)
    }
}
