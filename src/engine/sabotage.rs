//! An engine with a planted fault: the test of the tests.
//!
//! A [`Sabotage`] names an operation and a kind of fault. The engine is our tape with that one rule broken, so whoever
//! judges gradients can be asked how soon it notices. The fault is planted between the rule and the sweep, in a builder
//! that passes everything on but what belongs to the operation.
//!
//! With [`planted`] a fault can be planted at a single [`Place`], and be of more kinds ([`Damage`]): whoever has wrong numbers
//! and no engine can ask which fault would have made them.

use super::{Capabilities, Engine, EngineError, Evaluation, Mode, Named, Want};
use crate::graph::{Case, Dtype, Node};
use crate::modes::{Error, reverse, run};
use crate::number::Real;
use crate::op::{Builder, Eager, Id, Op, Pointwise};
use crate::tensor::{Range, Shape, Tensor};
use std::cell::Cell;
use std::fmt;
use std::str::FromStr;

macro_rules! flaws {
    ($($(#[doc = $doc:literal])+ $Flaw:ident = $name:literal),+ $(,)?) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Flaw { $($(#[doc = $doc])+ $Flaw),+ }

        impl Flaw {
            /// All of them.
            pub const ALL: &'static [Flaw] = &[$(Flaw::$Flaw),+];

            /// The word on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Flaw::$Flaw => $name),+ }
            }
        }
    };
}

flaws! {
    /// Every share has the wrong sign.
    Sign = "sign",
    /// Every share is too large by one part in a million.
    Factor = "factor",
    /// One element of the first share is too large by a thousandth.
    Element = "element",
    /// The first share is never handed out.
    Dropped = "dropped",
    /// Shares replace what was accumulated before, instead of being added.
    Overwritten = "overwritten",
    /// What broadcasting repeated is not summed: the first copy's share is taken for all.
    SkippedSum = "skipped-sum",
    /// The last two axes of a share are exchanged.
    Transposed = "transposed",
    /// A share's elements are moved on by one place.
    Shifted = "shifted",
    /// The rule reads values as they were before.
    Stale = "stale",
    /// The rule takes its two operands for each other.
    Swapped = "swapped",
}

/// An operation and what is wrong with its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sabotage {
    /// The operation, by name.
    pub op: String,
    /// What is wrong.
    pub flaw: Flaw,
}

impl fmt::Display for Sabotage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.op, self.flaw.name())
    }
}

impl FromStr for Sabotage {
    type Err = String;

    /// `OP:KIND`.
    fn from_str(text: &str) -> Result<Self, String> {
        let known = || {
            Flaw::ALL
                .iter()
                .map(|flaw| flaw.name())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (op, word) = text
            .split_once(':')
            .ok_or_else(|| format!("`{text}`: expected OP:KIND, KIND one of {}", known()))?;
        match Flaw::ALL.iter().find(|flaw| flaw.name() == word) {
            Some(&flaw) => Ok(Self {
                op: op.into(),
                flaw,
            }),
            None => Err(format!(
                "`{word}` is no kind of fault; there are {}",
                known()
            )),
        }
    }
}

/// Where a fault is planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the rule of an operation, wherever it is used.
    Op(String),
    /// In all shares that a node hands out.
    Node(Id),
    /// In the share that a node hands to one of its operands.
    Share(Id, usize),
}

/// What is done to a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Damage {
    /// A kind of fault that has a name.
    Flaw(Flaw),
    /// It is multiplied by a number.
    Factor(f64),
    /// What broadcasting repeated is not summed: this copy's share is taken for all.
    Copy(usize),
    /// It is turned round along an axis.
    Flipped(usize),
    /// The derivative is taken for 1: the cotangent of a pointwise operation is handed on as it came.
    Passed,
}

/// The gradient of `<cotangents, outputs>` by every parameter with one planted fault, computed at once. `values` are
/// the values of all nodes.
pub fn planted<T: Real>(
    case: &Case,
    values: &[Tensor<T>],
    place: &Place,
    damage: Damage,
) -> Vec<Tensor<T>> {
    let saboteur = Saboteur {
        inner: Eager::new(values),
        nodes: case.graph.nodes(),
        values,
        place,
        damage,
        site: Cell::new(None),
        operand: Cell::new(None),
        shares: Cell::new(0),
    };
    let outputs = case.graph.outputs();
    let seeds: Vec<(Id, Id)> = outputs
        .iter()
        .zip(&case.cotangents)
        .map(|(&id, ct)| (id, saboteur.inner.put(ct.map(T::of))))
        .collect();
    let wanted: Vec<Id> = case.graph.params().collect();
    let adjoints = reverse::sweep(case.graph.nodes(), &saboteur, &seeds, &wanted);
    let pairs = wanted.iter().zip(adjoints);
    pairs
        .map(|(&id, adjoint)| {
            let zeros = || Tensor::zeros(&case.graph.node(id).shape);
            adjoint.map_or_else(zeros, |adjoint| saboteur.inner.get(adjoint))
        })
        .collect()
}

/// Our tape with one broken rule.
pub struct Sabotaged {
    sabotage: Sabotage,
    capabilities: Capabilities,
    bit: bool,
}

impl Sabotaged {
    /// The engine with this fault.
    pub fn new(sabotage: Sabotage) -> Self {
        let capabilities = Capabilities {
            version: env!("CARGO_PKG_VERSION").into(),
            dtypes: vec![Dtype::F32, Dtype::F64],
            modes: [Mode::Gradient].into(),
            ops: None,
        };
        Self {
            sabotage,
            capabilities,
            bit: false,
        }
    }

    /// Whether the fault changed anything in the last answer.
    pub fn has_bitten(&self) -> bool {
        self.bit
    }

    fn gradient<T: Real>(&mut self, case: &Case) -> Result<Evaluation, Error> {
        let params: Vec<Tensor<T>> = case.params.values().map(|x| x.map(T::of)).collect();
        let values = run(&case.graph, &params)?;
        let place = Place::Op(self.sabotage.op.clone());
        let damage = Damage::Flaw(self.sabotage.flaw);
        let adjoints = planted(case, &values, &place, damage);
        let outputs = case.graph.outputs();
        let wanted: Vec<Id> = case.graph.params().collect();
        let gradient = wanted
            .iter()
            .zip(adjoints)
            .map(|(&id, adjoint)| (case.graph.name(id).into_owned(), adjoint.to_f64().to_vec()));
        let gradient: Named = gradient.collect();
        let honest = reverse::pull_back(
            case.graph.nodes(),
            &values,
            outputs,
            &case
                .cotangents
                .iter()
                .map(|ct| ct.map(T::of))
                .collect::<Vec<_>>(),
            &wanted,
        );
        let honest = honest.iter().flat_map(|x| x.to_f64().to_vec());
        self.bit = !honest.eq(gradient.iter().flat_map(|(_, x)| x.iter().copied()));
        let mut value = Named::new();
        for &id in outputs {
            let name = case.graph.name(id).into_owned();
            if value.iter().all(|(other, _)| *other != name) {
                value.push((name, values[id.index()].to_f64().to_vec()));
            }
        }
        Ok(Evaluation {
            value: Some(value),
            gradient: Some(gradient),
            ..Evaluation::default()
        })
    }
}

impl Engine for Sabotaged {
    fn name(&self) -> &str {
        "sabotaged"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn evaluate(&mut self, case: &Case, _: &Want) -> Result<Evaluation, EngineError> {
        let answer = match case.dtype {
            Dtype::F32 => self.gradient::<f32>(case),
            Dtype::F64 => self.gradient::<f64>(case),
        };
        answer.map_err(|e| EngineError::Invalid(e.to_string()))
    }
}

/// Passes everything on to the eager builder, but for one place.
struct Saboteur<'a, T> {
    inner: Eager<'a, T>,
    nodes: &'a [Node],
    values: &'a [Tensor<T>],
    place: &'a Place,
    damage: Damage,
    /// The node whose rule is running, if it is at the place.
    site: Cell<Option<Id>>,
    /// The operand whose share is being handed out, when the rule has run.
    operand: Cell<Option<usize>>,
    /// The shares that it has handed out.
    shares: Cell<usize>,
}

impl<T: Real> Saboteur<'_, T> {
    fn has(&self, flaw: Flaw) -> bool {
        self.site.get().is_some() && self.damage == Damage::Flaw(flaw)
    }

    /// Whether an operand's share is at the place, if the node is.
    fn is_meant(&self, operand: usize) -> bool {
        self.site.get().is_some() && !matches!(self.place, Place::Share(_, i) if *i != operand)
    }

    /// Whether what is summed or added now is at the place. The sums of a rule on its way belong to it as a whole.
    fn is_handed(&self) -> bool {
        match (self.operand.get(), self.place) {
            (Some(operand), _) => self.is_meant(operand),
            (None, Place::Op(_)) => self.site.get().is_some(),
            (None, _) => false,
        }
    }

    /// Primal values as they were before.
    fn stale(&self, ids: &[Id]) -> Vec<Id> {
        let before = |&id: &Id| match self.values.get(id.index()) {
            Some(value) if self.has(Flaw::Stale) && !self.is_index(id) => {
                // another order as well, so that choices among values change too
                let old = value.map(|x| x * T::of(-0.75) + T::of(0.375));
                self.inner.put(old)
            }
            _ => id,
        };
        ids.iter().map(before).collect()
    }

    /// Whether a node holds integers that select: they have no older values.
    fn is_index(&self, id: Id) -> bool {
        let selects = |node: &Node| {
            node.args
                .iter()
                .enumerate()
                .any(|(i, &arg)| arg == id && node.op.is_index(i))
        };
        self.nodes.iter().any(selects)
    }

    /// A share as it arrives in the sweep.
    fn broken(&self, share: Tensor<T>) -> Tensor<T> {
        let first = self.shares.get() == 1;
        let scaled = |factor: f64| share.map(|x| x * T::of(factor));
        let flaw = match self.damage {
            Damage::Flaw(flaw) => flaw,
            Damage::Factor(factor) => return scaled(factor),
            Damage::Flipped(axis) if axis < share.rank() => return share.flip(&[axis]),
            _ => return share,
        };
        match flaw {
            Flaw::Sign => scaled(-1.0),
            Flaw::Factor => scaled(1.0 + 1e-6),
            Flaw::Element if first => {
                let place = share.iter().position(|x| x.to_f64() != 0.0);
                let mut k = 0;
                share.map(|x| {
                    k += 1;
                    if place == Some(k - 1) {
                        x * T::of(1.0 + 1e-3)
                    } else {
                        x
                    }
                })
            }
            Flaw::Dropped if first => Tensor::zeros(share.shape()),
            Flaw::Transposed if share.rank() >= 2 => {
                let mut perm: Vec<usize> = (0..share.rank()).collect();
                perm.swap(share.rank() - 1, share.rank() - 2);
                let turned = share.transpose(&perm).expect("two axes exchanged");
                turned.reshape(share.shape()).expect("the same elements")
            }
            Flaw::Shifted if !share.is_empty() => {
                let mut data = share.to_vec();
                data.rotate_right(1);
                Tensor::new(share.shape(), data).expect("the same elements")
            }
            _ => share,
        }
    }

    /// One of the copies that broadcasting made, in place of their sum.
    fn copy(&self, share: &Tensor<T>, shape: &Shape, number: usize) -> Tensor<T> {
        let new = share.rank() - shape.rank();
        let repeated = |axis: usize| axis < new || shape[axis - new] != share.shape()[axis];
        let mut rest = number;
        let mut ranges: Vec<Range> = Vec::with_capacity(share.rank());
        for axis in (0..share.rank()).rev() {
            let count = share.shape()[axis];
            ranges.push(match repeated(axis) && count > 0 {
                false => Range {
                    first: 0,
                    step: 1,
                    count,
                },
                true => Range {
                    first: rest % count,
                    step: 1,
                    count: 1,
                },
            });
            if repeated(axis) {
                rest /= count.max(1);
            }
        }
        ranges.reverse();
        let copy = share.slice(&ranges);
        copy.reshape(shape).unwrap_or_else(|_| Tensor::zeros(shape))
    }
}

impl<T: Real> Builder for Saboteur<'_, T> {
    fn enter(&self, node: Id) {
        let own = match self.place {
            Place::Op(name) => self.nodes[node.index()].op.name() == name,
            Place::Node(id) | Place::Share(id, _) => *id == node,
        };
        self.site.set(own.then_some(node));
        self.operand.set(None);
        self.shares.set(0);
    }

    fn hand(&self, operand: usize) {
        self.operand.set(Some(operand));
    }

    fn apply(&self, op: Op, args: &[Id]) -> Id {
        self.inner.apply(op, &self.stale(args))
    }

    fn shape(&self, id: Id) -> Shape {
        self.inner.shape(id)
    }

    fn literal(&self, value: Tensor<f64>) -> Id {
        self.inner.literal(value)
    }

    fn pull(&self, f: &Pointwise, i: usize, args: &[Id], y: Id, ct: Id) -> Option<Id> {
        let old = self.stale(args);
        let y = self.stale(&[y])[0];
        if self.is_meant(i) && self.damage == Damage::Passed {
            return Some(ct);
        }
        if self.is_meant(i) && self.has(Flaw::Swapped) && args.len() == 2 {
            return self.inner.pull(f, 1 - i, &old, y, ct);
        }
        self.inner.pull(f, i, &old, y, ct)
    }

    fn sum_to(&self, value: Id, shape: &Shape) -> Id {
        if !self.is_handed() {
            return self.inner.sum_to(value, shape);
        }
        self.shares.set(self.shares.get() + 1);
        let right = self.inner.get(self.inner.sum_to(value, shape));
        let broadcast = self.inner.shape(value) != *shape;
        let wrong = match self.damage {
            Damage::Flaw(Flaw::SkippedSum) if broadcast => {
                self.copy(&self.inner.get(value), shape, 0)
            }
            Damage::Copy(number) if broadcast => self.copy(&self.inner.get(value), shape, number),
            _ => self.broken(right.clone()),
        };
        self.inner.put(wrong)
    }

    fn accumulate(&self, total: Id, share: Id, owned: bool) -> Id {
        if self.is_handed() && self.has(Flaw::Overwritten) {
            return share;
        }
        self.inner.accumulate(total, share, owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_by_name() {
        for &flaw in Flaw::ALL {
            let sabotage = Sabotage {
                op: "tanh".into(),
                flaw,
            };
            assert_eq!(sabotage.to_string().parse::<Sabotage>(), Ok(sabotage));
        }
        assert!(
            "tanh"
                .parse::<Sabotage>()
                .unwrap_err()
                .contains("expected OP:KIND")
        );
        assert!(
            "tanh:loud"
                .parse::<Sabotage>()
                .unwrap_err()
                .contains("`loud` is no kind of fault")
        );
    }
}
