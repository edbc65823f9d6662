//! The builder that records into a graph: with it, derivative rules write gradient programs.

use super::Graph;
use crate::op::builder::recording_methods;
use crate::op::{Builder, Id, Input, Op};
use crate::tensor::{Shape, Tensor};
use std::cell::RefCell;

/// Records operations into a graph, which may already hold a program.
#[derive(Debug, Default)]
pub struct GraphBuilder(RefCell<Graph>);

impl GraphBuilder {
    /// Continues a program.
    pub fn new(graph: Graph) -> Self {
        Self(RefCell::new(graph))
    }

    /// An unnamed parameter.
    pub fn param(&self, shape: &Shape) -> Id {
        self.0
            .borrow_mut()
            .input("", Input::Param, shape.clone())
            .expect("a shape in use is addressable")
    }

    /// The program.
    pub fn finish(self) -> Graph {
        self.0.into_inner()
    }
}

impl Builder for GraphBuilder {
    fn apply(&self, op: Op, args: &[Id]) -> Id {
        self.0
            .borrow_mut()
            .push("", op, args)
            .unwrap_or_else(|e| panic!("a rule applied {e}"))
    }

    fn shape(&self, id: Id) -> Shape {
        self.0.borrow().node(id).shape.clone()
    }

    fn literal(&self, value: Tensor<f64>) -> Id {
        self.0
            .borrow_mut()
            .constant("", value)
            .expect("an unnamed constant")
    }

    recording_methods!();
}
