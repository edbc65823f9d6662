//! The tensor tape: a program that is written by running it.
//!
//! A [`Tape`] is a graph and the value of each of its nodes. A [`Var`] is a `Copy` handle to one; its operators and
//! methods compute at once and record. The gradient is the eager sweep over what was recorded, or, for higher orders,
//! more of the same tape.
//!
//! An operation that cannot be (shapes that do not fit, an index out of range) does not panic: the tape remembers the
//! first such error, with the node, the operands and their shapes, the variable becomes NaN, and asking for any gradient
//! returns the error.

use super::checkpoint::written_out;
use super::{Error, reverse};
use crate::graph::Graph;
use crate::number::{Number, Real, binary_functions, indexed_functions, unary_functions};
use crate::op::builder::recording_methods;
use crate::op::{
    Between, Builder, CustomOp, DomainError, Id, Input, Op, PadMode, Pairs, PerAxis, Pointwise,
    Reduction, Row,
};
use crate::tensor::{Shape, Tensor};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::sync::Arc;

/// Where tensor operations are recorded.
///
/// ```
/// use secant::{Tape, Tensor};
/// let tape = Tape::new();
/// let w = tape.var(Tensor::from([[0.5, -1.0], [2.0, 0.1]]));
/// let x = tape.constant(Tensor::from([1.0, 3.0]));
/// let loss = (w.matmul(x).tanh() * 2.0).sum(None, false);
/// let gradient = loss.grad(&[w])?;
/// assert_eq!(gradient[0].shape(), w.value().shape());
/// # Ok::<(), secant::Error>(())
/// ```
pub struct Tape<T = f64> {
    inner: RefCell<Inner<T>>,
}

struct Inner<T> {
    graph: Graph,
    values: Vec<Tensor<T>>,
    error: Option<Error>,
}

/// A tensor on a tape, or a plain number that broadcasts.
pub struct Var<'t, T = f64> {
    tape: Option<&'t Tape<T>>,
    id: Id,
    constant: f64,
}

impl<T: Real> Default for Tape<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Tape<T> {
    /// An empty tape.
    pub fn new() -> Self {
        Self {
            inner: RefCell::new(Inner {
                graph: Graph::new(),
                values: Vec::new(),
                error: None,
            }),
        }
    }

    /// A tensor to differentiate by.
    pub fn var(&self, value: impl Into<Tensor<T>>) -> Var<'_, T> {
        self.leaf("", Input::Param, value.into())
    }

    /// A tensor to differentiate by, with a name for messages and files.
    pub fn named(&self, name: &str, value: impl Into<Tensor<T>>) -> Var<'_, T> {
        self.leaf(name, Input::Param, value.into())
    }

    /// A tensor that no gradient is taken by.
    pub fn constant(&self, value: impl Into<Tensor<T>>) -> Var<'_, T> {
        self.leaf("", Input::Const, value.into())
    }

    /// Integers that select.
    pub fn index(&self, value: &[i64]) -> Var<'_, T> {
        self.leaf(
            "",
            Input::Index,
            value.iter().map(|&i| T::of(i as f64)).collect(),
        )
    }

    fn leaf(&self, name: &str, role: Input, value: Tensor<T>) -> Var<'_, T> {
        let mut inner = self.inner.borrow_mut();
        match inner.graph.leaf(name, role, value.shape().clone()) {
            Ok(id) => {
                inner.values.push(value);
                self.handle(id)
            }
            Err(e) => {
                drop(inner);
                self.poison(e.into())
            }
        }
    }

    fn handle(&self, id: Id) -> Var<'_, T> {
        Var {
            tape: Some(self),
            id,
            constant: f64::NAN,
        }
    }

    /// Keeps the first error, and gives a variable that is NaN.
    pub(super) fn poison(&self, error: Error) -> Var<'_, T> {
        let mut inner = self.inner.borrow_mut();
        inner.error.get_or_insert(error);
        let id = inner
            .graph
            .leaf("", Input::Const, Shape::scalar())
            .expect("an unnamed scalar");
        inner.values.push(Tensor::scalar(T::of(f64::NAN)));
        self.handle(id)
    }

    /// Applies an operation to variables and numbers.
    pub fn record<'t>(&'t self, op: Op, args: &[Var<'t, T>]) -> Var<'t, T> {
        let ids: SmallVec<[Id; 3]> = args.iter().map(|&arg| self.place(arg)).collect();
        match self.try_apply(op, &ids) {
            Ok(id) => self.handle(id),
            Err(error) => self.poison(error),
        }
    }

    /// Records an operation whose value is known.
    pub(super) fn record_known(&self, op: Op, args: &[Var<'_, T>], value: Tensor<T>) -> Var<'_, T> {
        let ids: SmallVec<[Id; 3]> = args.iter().map(|&arg| self.place(arg)).collect();
        let mut inner = self.inner.borrow_mut();
        match inner.graph.push("", op, &ids) {
            Ok(id) => {
                inner.values.push(value);
                self.handle(id)
            }
            Err(error) => {
                drop(inner);
                self.poison(error.into())
            }
        }
    }

    /// Applies an operation of the user's own.
    pub fn custom<'t>(&'t self, op: Arc<dyn CustomOp>, args: &[Var<'t, T>]) -> Var<'t, T> {
        self.record(Op::Custom(crate::op::Custom(op)), args)
    }

    fn place(&self, x: Var<'_, T>) -> Id {
        match x.tape {
            Some(tape) if std::ptr::eq(tape, self) => x.id,
            Some(_) => {
                self.poison(Error::Mismatch("an operand belongs to another tape".into()))
                    .id
            }
            None => {
                self.leaf("", Input::Const, Tensor::scalar(T::of(x.constant)))
                    .id
            }
        }
    }

    fn try_apply(&self, op: Op, args: &[Id]) -> Result<Id, Error> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        let id = inner.graph.push("", op, args)?;
        let node = inner.graph.node(id);
        let value = {
            let tensors: SmallVec<[&Tensor<T>; 3]> =
                args.iter().map(|arg| &inner.values[arg.index()]).collect();
            node.op.eval(&tensors, &node.shape)
        };
        match value {
            Ok(value) => {
                inner.values.push(value);
                Ok(id)
            }
            Err(DomainError(message)) => {
                let node = inner.graph.describe(id);
                inner.graph.pop();
                Err(Error::Domain { node, message })
            }
        }
    }

    /// The first operation that could not be, if there was one.
    pub fn error(&self) -> Option<Error> {
        self.inner.borrow().error.clone()
    }

    /// The number of values on the tape.
    pub fn len(&self) -> usize {
        self.inner.borrow().values.len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything, and keeps the memory. No variable can still be in use.
    pub fn clear(&mut self) {
        let inner = self.inner.get_mut();
        inner.graph.clear();
        inner.values.clear();
        inner.error = None;
    }

    /// What was recorded, as a program whose outputs are the given variables. Checkpoints are written out.
    ///
    /// # Errors
    /// If an operation could not be.
    pub fn graph(&self, outputs: &[Var<'_, T>]) -> Result<Graph, Error> {
        self.recorded(outputs).map(written_out)
    }

    /// The same as it stands.
    pub(super) fn recorded(&self, outputs: &[Var<'_, T>]) -> Result<Graph, Error> {
        let ids: SmallVec<[Id; 3]> = outputs.iter().map(|&y| self.place(y)).collect();
        let inner = self.inner.borrow();
        if let Some(error) = &inner.error {
            return Err(error.clone());
        }
        let mut graph = inner.graph.clone();
        for id in graph.ids() {
            if matches!(graph.node(id).op, Op::Input(Input::Const | Input::Index)) {
                graph.set_constant(id, inner.values[id.index()].to_f64());
            }
        }
        for id in ids {
            graph.output(id);
        }
        Ok(graph)
    }

    fn pull(
        &self,
        y: Var<'_, T>,
        cotangent: &Tensor<T>,
        wrt: &[Var<'_, T>],
    ) -> Result<Vec<Tensor<T>>, Error> {
        let (output, wanted) = self.connected(y, wrt)?;
        let inner = self.inner.borrow();
        let expected = &inner.graph.node(output).shape;
        if cotangent.shape() != expected {
            let (expected, found) = (expected.clone(), cotangent.shape().clone());
            return Err(Error::Shape {
                what: "the cotangent".into(),
                expected,
                found,
            });
        }
        let seed = std::slice::from_ref(cotangent);
        Ok(reverse::pull_back(
            inner.graph.nodes(),
            &inner.values,
            &[output],
            seed,
            &wanted,
        ))
    }

    /// The places of an output and of what it is to be differentiated by, if gradient can flow between them.
    fn connected(&self, y: Var<'_, T>, wrt: &[Var<'_, T>]) -> Result<(Id, Vec<Id>), Error> {
        let (output, wanted) = (
            self.place(y),
            wrt.iter().map(|&x| self.place(x)).collect::<Vec<_>>(),
        );
        let inner = self.inner.borrow();
        if let Some(error) = &inner.error {
            return Err(error.clone());
        }
        let feeds = reverse::feeds(inner.graph.nodes(), &[output]);
        match wanted.iter().find(|id| !feeds[id.index()]) {
            Some(&cut) => Err(reverse::disconnected(&inner.graph, &[output], cut)),
            None => {
                drop(inner);
                Ok((output, wanted))
            }
        }
    }
}

impl<T: Real> Builder for Tape<T> {
    fn apply(&self, op: Op, args: &[Id]) -> Id {
        self.try_apply(op, args)
            .unwrap_or_else(|e| panic!("a rule applied {e}"))
    }

    fn shape(&self, id: Id) -> Shape {
        self.inner.borrow().graph.node(id).shape.clone()
    }

    fn literal(&self, value: Tensor<f64>) -> Id {
        self.leaf("", Input::Const, value.map(T::of)).id
    }

    recording_methods!();
}

impl<'t, T: Real> Var<'t, T> {
    /// The value.
    pub fn value(self) -> Tensor<T> {
        match self.tape {
            Some(tape) => tape.inner.borrow().values[self.id.index()].clone(),
            None => Tensor::scalar(T::of(self.constant)),
        }
    }

    /// The value's shape.
    pub fn shape(self) -> Shape {
        match self.tape {
            Some(tape) => tape.inner.borrow().graph.node(self.id).shape.clone(),
            None => Shape::scalar(),
        }
    }

    /// Where it is recorded; a plain number is nowhere. A function of variables puts its constants there.
    ///
    /// ```
    /// use secant::{Tensor, Var, hessian};
    /// fn scaled<'t>(x: Var<'t>, scales: &Tensor<f64>) -> Var<'t> {
    ///     let tape = x.tape().expect("a variable");
    ///     (tape.constant(scales.clone()) * x.square()).sum(None, false)
    /// }
    /// let scales = Tensor::from([1.0, 3.0]);
    /// let h = hessian(|x| scaled(x, &scales), &Tensor::from([5.0, 7.0]))?;
    /// assert_eq!(h, Tensor::from([[2.0, 0.0], [0.0, 6.0]]));
    /// # Ok::<(), secant::Error>(())
    /// ```
    pub fn tape(self) -> Option<&'t Tape<T>> {
        self.tape
    }

    /// The gradient of this scalar by each of `wrt`, of its shape. Nothing more is recorded.
    ///
    /// # Errors
    /// If this is not one number, if no gradient can flow to one of `wrt` ([`Error::Disconnected`] names the node that
    /// cut it off), or if an earlier operation could not be.
    pub fn grad(self, wrt: &[Self]) -> Result<Vec<Tensor<T>>, Error> {
        let shape = self.shape();
        if shape.count() != 1 {
            self.on_tape(wrt)?.connected(self, &[])?;
            return Err(Error::NotScalar { shape });
        }
        self.vjp(&Tensor::ones(shape), wrt)
    }

    /// The gradient of `<cotangent, self>` by each of `wrt`.
    ///
    /// # Errors
    /// As [`Var::grad`], and if the cotangent has another shape.
    pub fn vjp(self, cotangent: &Tensor<T>, wrt: &[Self]) -> Result<Vec<Tensor<T>>, Error> {
        self.on_tape(wrt)?.pull(self, cotangent, wrt)
    }

    /// The gradient of `<cotangent, self>` by each of `wrt`, recorded: it can be differentiated again.
    ///
    /// # Errors
    /// As [`Var::vjp`].
    pub fn vjp_recorded(self, cotangent: Self, wrt: &[Self]) -> Result<Vec<Self>, Error> {
        let tape = self.on_tape(wrt)?;
        let (output, wanted) = tape.connected(self, wrt)?;
        let expected = self.shape();
        if cotangent.shape() != expected {
            return Err(Error::Shape {
                what: "the cotangent".into(),
                expected,
                found: cotangent.shape(),
            });
        }
        let seed = tape.place(cotangent);
        let nodes = tape.inner.borrow().graph.nodes()[..=output.index()].to_vec();
        let adjoints = reverse::sweep(&nodes, tape, &[(output, seed)], &wanted);
        let zeros = |x: &Self| tape.constant(Tensor::zeros(x.shape()));
        Ok(wrt
            .iter()
            .zip(adjoints)
            .map(|(x, id)| id.map_or_else(|| zeros(x), |id| tape.handle(id)))
            .collect())
    }

    /// The gradient of this scalar, recorded: it can be differentiated again.
    ///
    /// ```
    /// use secant::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(2.0);
    /// let slope = (x * x * x).grad_recorded(&[x])?[0];
    /// assert_eq!(slope.grad(&[x])?[0].item(), 12.0);
    /// # Ok::<(), secant::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Var::grad`].
    pub fn grad_recorded(self, wrt: &[Self]) -> Result<Vec<Self>, Error> {
        let shape = self.shape();
        if shape.count() != 1 {
            return Err(Error::NotScalar { shape });
        }
        let tape = self.on_tape(wrt)?;
        self.vjp_recorded(tape.constant(Tensor::ones(shape)), wrt)
    }

    fn on_tape(self, others: &[Self]) -> Result<&'t Tape<T>, Error> {
        let tape = self.tape.or_else(|| others.iter().find_map(|x| x.tape));
        tape.ok_or_else(|| {
            Error::Mismatch("plain numbers have no gradient: no operand is on a tape".into())
        })
    }

    /// An operation of the first operand and others; of plain numbers alone, the number itself.
    fn apply(op: Op, args: &[Self]) -> Self {
        match (args.iter().find_map(|arg| arg.tape), &op) {
            (Some(tape), _) => tape.record(op, args),
            (None, Op::Pointwise(f)) => {
                let numbers: SmallVec<[f64; 3]> = args.iter().map(|arg| arg.constant).collect();
                Self::of(f.value(&numbers))
            }
            // a structural operation of a plain number has no tape to live on: NaN, as after any other error
            (None, _) => Self::of(f64::NAN),
        }
    }
}

impl<T> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Var<'_, T> {}

impl<T: Real> From<f64> for Var<'_, T> {
    fn from(constant: f64) -> Self {
        Self {
            tape: None,
            id: Id(0),
            constant,
        }
    }
}

impl<T: Real> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl<T: Real> $Trait for Var<'_, T> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self::apply(Op::pointwise(Row::$Trait), &[self, other])
            }
        }
        impl<T: Real> $Trait<f64> for Var<'_, T> {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                self.$method(Self::from(other))
            }
        }
        impl<'t, T: Real> $Trait<Var<'t, T>> for f64 {
            type Output = Var<'t, T>;
            fn $method(self, other: Var<'t, T>) -> Var<'t, T> {
                Var::from(self).$method(other)
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<T: Real> Neg for Var<'_, T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::apply(Op::pointwise(Row::Neg), &[self])
    }
}

macro_rules! number {
    ($($name:ident $Row:ident),*) => {
        /// Elementwise: a function that is generic over numbers also runs on tensors.
        impl<T: Real> Number for Var<'_, T> {
            $(fn $name(self) -> Self {
                Self::apply(Op::pointwise(Row::$Row), &[self])
            })*
            binary_functions!(binary);

            fn of(x: f64) -> Self {
                Self::from(x)
            }
            indexed_functions!(indexed);
            fn select(self, yes: Self, no: Self) -> Self {
                Self::apply(Op::pointwise(Row::Where), &[self, yes, no])
            }
            fn fma(self, b: Self, c: Self) -> Self {
                Self::apply(Op::pointwise(Row::Fma), &[self, b, c])
            }
        }
    };
}
macro_rules! indexed {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, n: i32) -> Self {
            Self::apply(Op::Pointwise(Pointwise::with(Row::$Row, [f64::from(n), 0.0])), &[self])
        })*
    };
}
macro_rules! binary {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, other: Self) -> Self {
            Self::apply(Op::pointwise(Row::$Row), &[self, other])
        })*
    };
}
unary_functions!(number);

macro_rules! pointwise_methods {
    ($(
        $(#[doc = $doc:literal])+
        $Row:ident $name:ident($x:ident $(, $z:ident)* $(; $($attr:ident $(= $default:expr)?),+)?) = $value:expr,
        d($y:ident) [$($d:expr),+] $(, kinks [$($kink:expr),+])? $(, on [$($domain:expr),+])?;
    )+) => {
        /// The pointwise operations, named as in files.
        #[allow(clippy::should_implement_trait)] // the operators do the same
        impl<'t, T: Real> Var<'t, T> {
            $(
                $(#[doc = $doc])+
                pub fn $name(self $(, $z: impl Into<Self>)* $($(, $attr: f64)+)?) -> Self {
                    #[allow(unused_mut)]
                    let mut f = Pointwise::new(Row::$Row);
                    $({
                        let given = [$($attr),+];
                        f.attrs[..given.len()].copy_from_slice(&given);
                    })?
                    Self::apply(Op::Pointwise(f), &[self $(, $z.into())*])
                }
            )+
        }
    };
}
crate::op::table::pointwise_table!(pointwise_methods);

macro_rules! structural_methods {
    ($(
        $(#[doc = $doc:literal])+
        $Name:ident $name:ident($($x:ident $([$dots:tt])?),+ $(; $($attr:ident: $T:ty $(= $default:expr)?),+)?);
    )+) => {
        $(method!($(#[doc = $doc])+ $Name $name($($x $([$dots])?),+) ($($($attr: $T),+)?));)+
    };
}

/// A method of the first operand; for one or more operands, a function of a list.
macro_rules! method {
    ($(#[doc = $doc:literal])+ $Name:ident $name:ident($xs:ident [$dots:tt]) ($($attr:ident: $T:ty),*)) => {
        /// An operation of a list of tensors, named as in files.
        impl<'t, T: Real> Var<'t, T> {
            $(#[doc = $doc])+
            pub fn $name($xs: &[Self] $(, $attr: $T)*) -> Self {
                Self::apply(crate::op::$Name { $($attr),* }.into(), $xs)
            }
        }
    };
    ($(#[doc = $doc:literal])+ $Name:ident $name:ident($x:ident $(, $z:ident)*) ($($attr:ident: $T:ty),*)) => {
        /// A structural operation, named as in files.
        impl<'t, T: Real> Var<'t, T> {
            $(#[doc = $doc])+
            pub fn $name(self $(, $z: impl Into<Self>)* $(, $attr: $T)*) -> Self {
                Self::apply(crate::op::$Name { $($attr),* }.into(), &[self $(, $z.into())*])
            }
        }
    };
}
crate::op::structural_table!(structural_methods);
