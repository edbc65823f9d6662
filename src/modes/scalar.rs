//! The scalar tape: reverse mode for programs written in single numbers.
//!
//! A [`Var`] is a `Copy` handle with operators and functions; each operation appends a statement of argument places and
//! partial derivatives to a flat [`Tape`], and one backward loop gives the gradient. [`Var`] is a [`Real`], so any tensor
//! kernel runs on it: that unrolls a graph into scalars, and its gradient then comes from the forward kernels and the
//! scalar partial derivatives alone.
//!
//! The tape is generic over the number it computes with. On dual numbers its gradient carries Hessian-vector products; on
//! [`Ball`](crate::number::Ball)s it carries bounds of the gradient's rounding error.

use crate::number::{Number, Real, binary_functions, indexed_functions, unary_functions};
use crate::op::{Pointwise, Row};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Where scalar operations are recorded.
///
/// ```
/// use secant::number::Number;
/// use secant::scalar::Tape;
/// fn f<N: Number>(x: &[N]) -> N {
///     x[0] * x[1] + x[0].sin()
/// }
/// let tape = Tape::new();
/// let x = [tape.var(0.5), tape.var(2.0)];
/// let y = f(&x);
/// let gradient = tape.gradient(y);
/// assert_eq!(gradient.of(x[0]), 2.0 + 0.5f64.cos());
/// assert_eq!(gradient.of(x[1]), 0.5);
/// ```
pub struct Tape<T = f64> {
    record: RefCell<Record<T>>,
}

struct Record<T> {
    /// Where the arguments of each statement end.
    ends: Vec<u32>,
    /// For each argument: the statement that computed it, and the partial derivative.
    arguments: Vec<(u32, T)>,
}

/// A number on a scalar tape, or a constant.
pub struct Var<'t, T = f64> {
    tape: Option<&'t Tape<T>>,
    /// The value.
    pub value: T,
    place: u32,
}

/// The adjoint of every statement of a tape.
#[derive(Clone, Debug)]
pub struct Gradient<T = f64>(Vec<T>);

impl<T: Real> Default for Tape<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Tape<T> {
    /// An empty tape.
    pub fn new() -> Self {
        Self {
            record: RefCell::new(Record {
                ends: Vec::new(),
                arguments: Vec::new(),
            }),
        }
    }

    /// A variable to differentiate by.
    pub fn var(&self, value: T) -> Var<'_, T> {
        self.push(value, std::iter::empty())
    }

    /// The number of statements.
    pub fn len(&self) -> usize {
        self.record.borrow().ends.len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all statements, and keeps the memory. No variable can still be in use.
    pub fn clear(&mut self) {
        let record = self.record.get_mut();
        record.ends.clear();
        record.arguments.clear();
    }

    fn push(&self, value: T, arguments: impl Iterator<Item = (u32, T)>) -> Var<'_, T> {
        let mut record = self.record.borrow_mut();
        record.arguments.extend(arguments);
        let end =
            u32::try_from(record.arguments.len()).expect("a tape holds fewer than 2^32 arguments");
        record.ends.push(end);
        Var {
            tape: Some(self),
            value,
            place: record.ends.len() as u32 - 1,
        }
    }

    /// The gradient of `y` by every variable and intermediate result.
    pub fn gradient(&self, y: Var<'_, T>) -> Gradient<T> {
        self.pull_back([(y, T::of(1.0))])
    }

    /// The gradient of the sum of cotangent times output.
    pub fn pull_back<'t>(
        &'t self,
        seeds: impl IntoIterator<Item = (Var<'t, T>, T)>,
    ) -> Gradient<T> {
        let mut gradient = Gradient::default();
        self.pull_back_into(seeds, &mut gradient);
        gradient
    }

    /// The same in the room of an earlier gradient: a tape that is cleared and filled again then allocates nothing.
    ///
    /// ```
    /// use secant::scalar::{Gradient, Tape};
    /// let (mut tape, mut gradient) = (Tape::new(), Gradient::default());
    /// for step in 0..3 {
    ///     tape.clear();
    ///     let x = tape.var(f64::from(step));
    ///     tape.pull_back_into([(x * x, 1.0)], &mut gradient);
    ///     assert_eq!(gradient.of(x), 2.0 * f64::from(step));
    /// }
    /// ```
    pub fn pull_back_into<'t>(
        &'t self,
        seeds: impl IntoIterator<Item = (Var<'t, T>, T)>,
        gradient: &mut Gradient<T>,
    ) {
        let record = self.record.borrow();
        let adjoints = &mut gradient.0;
        adjoints.clear();
        adjoints.resize(record.ends.len(), T::of(0.0));
        for (y, cotangent) in seeds {
            if y.tape.is_some() {
                let adjoint = &mut adjoints[y.place as usize];
                *adjoint = *adjoint + cotangent;
            }
        }
        for place in (0..record.ends.len()).rev() {
            let adjoint = adjoints[place];
            let start = if place == 0 {
                0
            } else {
                record.ends[place - 1]
            };
            for &(argument, partial) in
                &record.arguments[start as usize..record.ends[place] as usize]
            {
                // only the share is strong: a zero adjoint contributes zero even through an infinite slope
                let share = adjoint.strong_mul(partial);
                let to = &mut adjoints[argument as usize];
                *to = *to + share;
            }
        }
    }

    /// The tangent of every statement, when the given variables move.
    pub fn push_forward<'t>(
        &'t self,
        moves: impl IntoIterator<Item = (Var<'t, T>, T)>,
    ) -> Gradient<T> {
        let record = self.record.borrow();
        let mut tangents = vec![T::of(0.0); record.ends.len()];
        for (x, tangent) in moves {
            if x.tape.is_some() {
                tangents[x.place as usize] = tangent;
            }
        }
        let mut start = 0;
        for place in 0..record.ends.len() {
            let end = record.ends[place] as usize;
            for &(argument, partial) in &record.arguments[start..end] {
                tangents[place] = tangents[place] + tangents[argument as usize].strong_mul(partial);
            }
            start = end;
        }
        Gradient(tangents)
    }
}

impl<T> Default for Gradient<T> {
    /// Of an empty tape.
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Real> Gradient<T> {
    /// The adjoint (or tangent) of a variable; 0 for a constant.
    pub fn of(&self, x: Var<'_, T>) -> T {
        match x.tape {
            Some(_) => self.0[x.place as usize],
            None => T::of(0.0),
        }
    }
}

impl<'t, T: Real> Var<'t, T> {
    /// A number that no derivative is taken by.
    pub fn constant(value: T) -> Self {
        Self {
            tape: None,
            value,
            place: 0,
        }
    }

    /// A statement with the given value and partial derivatives; constants among the arguments are left out.
    fn statement(value: T, arguments: impl Iterator<Item = (Self, T)> + Clone) -> Self {
        let Some(tape) = arguments.clone().find_map(|(x, _)| x.tape) else {
            return Self::constant(value);
        };
        tape.push(
            value,
            arguments
                .filter(|(x, _)| x.tape.is_some())
                .map(|(x, partial)| (x.place, partial)),
        )
    }

    fn apply(f: Pointwise, args: &[Self]) -> Self {
        let values: SmallVec<[T; 3]> = args.iter().map(|arg| arg.value).collect();
        let value = f.value(&values);
        let moving = args
            .iter()
            .enumerate()
            .filter(|(i, arg)| arg.tape.is_some() && !f.is_constant_in(*i));
        let Some(tape) = moving.clone().find_map(|(_, arg)| arg.tape) else {
            return Self::constant(value);
        };
        let arguments = moving.map(|(i, arg)| (arg.place, f.partial(i, &values, value)));
        tape.push(value, arguments)
    }

    fn row(row: Row, args: &[Self]) -> Self {
        Self::apply(Pointwise::new(row), args)
    }
}

impl<T: Copy> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy> Copy for Var<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Real> PartialEq for Var<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Real> PartialOrd for Var<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl<T: Real> $Trait for Var<'_, T> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self::row(Row::$Trait, &[self, other])
            }
        }
        impl<T: Real> $Trait<f64> for Var<'_, T> {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                self.$method(Self::of(other))
            }
        }
        impl<'t, T: Real> $Trait<Var<'t, T>> for f64 {
            type Output = Var<'t, T>;
            fn $method(self, other: Var<'t, T>) -> Var<'t, T> {
                Var::of(self).$method(other)
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<T: Real> Neg for Var<'_, T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::row(Row::Neg, &[self])
    }
}

macro_rules! number {
    ($($name:ident $Row:ident),*) => {
        impl<T: Real> Number for Var<'_, T> {
            $(fn $name(self) -> Self {
                Self::row(Row::$Row, &[self])
            })*
            binary_functions!(binary);

            fn of(x: f64) -> Self {
                Self::constant(T::of(x))
            }
            fn pi() -> Self {
                Self::constant(T::pi())
            }
            fn ln_2() -> Self {
                Self::constant(T::ln_2())
            }
            fn ln_10() -> Self {
                Self::constant(T::ln_10())
            }
            indexed_functions!(indexed);
            fn select(self, yes: Self, no: Self) -> Self {
                if self.value == T::of(0.0) { no } else { yes }
            }
            fn fma(self, b: Self, c: Self) -> Self {
                Self::row(Row::Fma, &[self, b, c])
            }
        }
    };
}
macro_rules! indexed {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, n: i32) -> Self {
            Self::apply(Pointwise::with(Row::$Row, [f64::from(n), 0.0]), &[self])
        })*
    };
}
macro_rules! binary {
    ($($name:ident $Row:ident),*) => {
        $(fn $name(self, other: Self) -> Self {
            Self::row(Row::$Row, &[self, other])
        })*
    };
}
unary_functions!(number);

impl<T: Real> Real for Var<'_, T> {
    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }

    fn detach(self) -> Self {
        Self::constant(self.value.detach())
    }

    fn equal_share(ties: &[Self]) -> Self {
        let values: Vec<T> = ties.iter().map(|x| x.value).collect();
        let part = T::of(1.0) / T::of(ties.len() as f64);
        Self::statement(T::equal_share(&values), ties.iter().map(|&x| (x, part)))
    }

    fn sum(terms: &[Self]) -> Self {
        let values: SmallVec<[T; 16]> = terms.iter().map(|x| x.value).collect();
        Self::statement(T::sum(&values), terms.iter().map(|&x| (x, T::of(1.0))))
    }

    fn dot(a: &[Self], b: &[Self]) -> Self {
        let left: SmallVec<[T; 16]> = a.iter().map(|x| x.value).collect();
        let right: SmallVec<[T; 16]> = b.iter().map(|x| x.value).collect();
        let value = T::dot(&left, &right);
        let pairs = a.iter().copied().zip(right.iter().copied());
        Self::statement(
            value,
            pairs.chain(b.iter().copied().zip(left.iter().copied())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Dual, Term};

    fn f<N: Number>(x: &[N]) -> N {
        let (a, b) = (Term(x[0]), Term(x[1]));
        (2.0 * a * b.sin() - a.exp() / (1.0 + b * b)).0
    }

    #[test]
    fn one_generic_function_on_every_number() {
        let tape = Tape::new();
        let x = [tape.var(0.3), tape.var(1.7)];
        let gradient = tape.gradient(f(&x));
        for i in 0..2 {
            let mut at = [Dual::constant(0.3), Dual::constant(1.7)];
            at[i].tangent = 1.0;
            let difference = (gradient.of(x[i]) - f(&at).tangent).abs();
            assert!(difference < 1e-15, "{difference}");
        }
    }

    #[test]
    fn a_tape_of_dual_numbers_gives_hessian_vector_products() {
        let tape = Tape::new();
        let x = [
            tape.var(Dual {
                value: 0.3,
                tangent: 1.0,
            }),
            tape.var(Dual {
                value: 1.7,
                tangent: 0.0,
            }),
        ];
        let gradient = tape.gradient(f(&x));
        let expected = -0.3f64.exp() / (1.0 + 1.7 * 1.7);
        assert!((gradient.of(x[0]).tangent - expected).abs() < 1e-15);
    }

    #[test]
    fn a_zero_adjoint_stops_an_infinite_slope() {
        let tape = Tape::new();
        let x = tape.var(0.0);
        let y = x.sqrt() * 0.0 + x * 3.0;
        assert_eq!(tape.gradient(y).of(x), 3.0);
    }

    #[test]
    fn constants_and_reuse() {
        let mut tape = Tape::new();
        {
            let x = tape.var(2.0);
            let y = 1.0 / x - x * 2.0 + (x / 4.0 + 0.5);
            assert_eq!(tape.gradient(y).of(x), -0.25 - 2.0 + 0.25);
            assert_eq!(tape.gradient(Var::constant(1.0)).of(x), 0.0);
        }
        tape.clear();
        assert!(tape.is_empty());
    }
}
