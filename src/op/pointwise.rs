//! Pointwise operations: one row of `table.rs` each. This module makes of the rows what the rest of the
//! crate needs: values and partial derivatives on any number, kinks, domains, names.

use super::attr::{Attr, AttrSpec};
use super::choices::{Choices, Drawn, Request};
use super::structural::{field, known};
#[allow(clippy::wildcard_imports)] // the helpers that the rows' formulas call
use super::table::*;
use crate::number::{Number, Real, Term};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// An interval of arguments: (lowest, highest).
pub type Interval = (f64, f64);

/// What the table says of one row, beside its formulas.
#[derive(Clone, Copy, Debug)]
pub struct RowInfo {
    /// The name in files and of the methods.
    pub name: &'static str,
    /// One sentence, and the convention where the derivative is a choice.
    pub doc: &'static str,
    /// The operands' names.
    pub operands: &'static [&'static str],
    /// The attributes' names.
    pub attrs: &'static [&'static str],
    /// The attributes' defaults.
    pub defaults: &'static [Option<f64>],
    /// The formula of the value.
    pub value: &'static str,
    /// The formula of the partial derivative by each operand; `y` is the value.
    pub partials: &'static [&'static str],
    /// Formulas that are 0 where the function is not smooth.
    pub kinks: &'static [&'static str],
    /// Where the function is defined, for each operand.
    pub domain: &'static [Interval],
}

/// All real numbers.
pub(crate) const REAL: Interval = (f64::NEG_INFINITY, f64::INFINITY);
/// Above zero.
pub(crate) const POSITIVE: Interval = (0.0, f64::INFINITY);
/// Between -1 and 1.
pub(crate) const CENTRAL: Interval = (-1.0, 1.0);
/// Between 0 and 1.
pub(crate) const UNIT: Interval = (0.0, 1.0);

/// The attribute that must be an integer, wherever a row has one: of powi an exponent, elsewhere an order.
const INTEGER: &str = "n";

/// The least integer that a row takes.
fn least_integer(row: Row) -> i32 {
    match row {
        Row::Powi => -i32::MAX,
        _ => 0,
    }
}

/// A shape that broadcasts with `x` in one of the ways there are: equal, fewer axes, ones, more axes, a scalar.
fn broadcast_partner(from: &mut Choices<'_>, x: &Shape) -> Shape {
    let ones = |from: &mut Choices<'_>| -> Shape {
        x.iter()
            .map(|&n| if from.chance(0.5) { 1 } else { n })
            .collect()
    };
    match from.below(8) {
        0..=2 => x.clone(),
        3 => Shape::scalar(),
        4 => ones(from),
        5 => x[from.below(x.rank() + 1)..].into(),
        6 if x.rank() < 4 => [1 + from.below(2)]
            .into_iter()
            .chain(ones(from).iter().copied())
            .collect(),
        // where x has ones, the partner may be larger, and have ones where x has none
        _ => x
            .iter()
            .map(|&n| match n {
                1 => 1 + from.below(3),
                _ if from.chance(0.4) => 1,
                _ => n,
            })
            .collect(),
    }
}

/// The row of the table, with the values of its attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointwise {
    /// Which function.
    pub row: Row,
    /// Its attributes, in the table's order; the rest is 0.
    pub attrs: [f64; 2],
}

/// The row `where_` cannot be called `where` in Rust.
const fn without_underscore(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [.., b'_'] => name.split_at(name.len() - 1).0,
        _ => name,
    }
}

macro_rules! or_else {
    ($given:expr; $default:expr) => {
        $given
    };
    (; $default:expr) => {
        $default
    };
}

macro_rules! define {
    ($(
        $(#[doc = $doc:literal])+
        $Row:ident $name:ident($($x:ident),+ $(; $($attr:ident $(= $default:expr)?),+)?) = $value:expr,
        d($y:ident) [$($d:expr),+] $(, kinks [$($kink:expr),+])? $(, on [$($domain:expr),+])?;
    )+) => {
        /// The pointwise operations.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Row { $($(#[doc = $doc])+ $Row),+ }

        impl Row {
            /// All of them, in the table's order.
            pub const ALL: &'static [Row] = &[$(Row::$Row),+];

            /// What the table says of this row.
            pub const fn info(self) -> &'static RowInfo {
                match self {
                    $(Row::$Row => { const INFO: RowInfo = RowInfo {
                        name: without_underscore(stringify!($name)),
                        doc: concat!($($doc),+),
                        operands: &[$(stringify!($x)),+],
                        attrs: &[$($(stringify!($attr)),+)?],
                        defaults: &[$($(or_else!($(Some($default))?; None)),+)?],
                        value: stringify!($value),
                        partials: &[$(stringify!($d)),+],
                        kinks: or_else!($(&[$(stringify!($kink)),+])?; &[]),
                        domain: or_else!($(&[$($domain),+])?; &[REAL; 3]),
                    }; &INFO })+
                }
            }
        }

        impl Pointwise {
            /// The value at `args`, one number an operand.
            #[allow(unused_variables)]
            pub fn value<N: Number>(&self, args: &[N]) -> N {
                match self.row {
                    $(Row::$Row => {
                        let [$($x),+] = *args else { unreachable!("{} operands", stringify!($name)) };
                        $(let $x = Term($x);)+
                        $(let [$($attr,)+ ..] = self.attrs;)?
                        Term::<N>::from($value).0
                    })+
                }
            }

            /// The partial derivative by operand `i` at `args`, where the value is `y`.
            #[allow(unused_variables, unused_assignments)]
            pub fn partial<N: Number>(&self, i: usize, args: &[N], y: N) -> N {
                match self.row {
                    $(Row::$Row => {
                        let [$($x),+] = *args else { unreachable!("{} operands", stringify!($name)) };
                        $(let $x = Term($x);)+
                        let $y = Term(y);
                        $(let [$($attr,)+ ..] = self.attrs;)?
                        let mut k = 0;
                        $(
                            if i == k {
                                return Term::<N>::from($d).0;
                            }
                            k += 1;
                        )+
                        unreachable!("operand {i} of {}", stringify!($name))
                    })+
                }
            }

            /// How far `args` may move before they meet a point where the function is not smooth: a kink, a jump, a
            /// pole, or the border of its domain.
            #[allow(unused_variables)]
            pub fn smooth(&self, args: &[f64]) -> f64 {
                let kinks = match self.row {
                    $(Row::$Row => {
                        let [$($x),+] = *args else { unreachable!("{} operands", stringify!($name)) };
                        $(let [$($attr,)+ ..] = self.attrs;)?
                        let distances: &[f64] = or_else!($(&[$($kink),+])?; &[]);
                        distances.iter().fold(f64::INFINITY, |least, d| least.min(d.abs()))
                    })+
                };
                let borders = args.iter().zip(self.row.info().domain).filter(|(x, _)| !x.is_nan());
                borders.fold(kinks, |least, (x, (lo, hi))| least.min((x - lo).abs()).min((hi - x).abs()))
            }
        }
    };
}
pointwise_table!(define);

impl Row {
    /// Equations of the points where the function is not smooth. A function that only turns is smooth.
    pub(super) fn kinks(self) -> String {
        let kinks = self.info().kinks.iter().filter(|kink| **kink != "TURN");
        let equations = kinks.map(|kink| format!("{kink} = 0"));
        equations.collect::<Vec<_>>().join(", ")
    }
}

impl Pointwise {
    /// A row with its attributes at their defaults.
    pub fn new(row: Row) -> Self {
        let mut attrs = [0.0; 2];
        for (attr, default) in attrs.iter_mut().zip(row.info().defaults) {
            *attr = default.unwrap_or(f64::NAN);
        }
        Self { row, attrs }
    }

    /// A row with attributes.
    pub fn with(row: Row, attrs: [f64; 2]) -> Self {
        Self { row, attrs }
    }

    /// What the table says of this row.
    pub fn info(&self) -> &'static RowInfo {
        self.row.info()
    }

    /// Whether the derivative by operand `i` is zero wherever there is one.
    pub fn is_constant_in(&self, i: usize) -> bool {
        self.info().partials[i] == "0.0"
    }

    /// Whether the function is smooth everywhere, and everywhere defined.
    pub fn is_smooth(&self) -> bool {
        let info = self.info();
        info.kinks.is_empty() && info.domain.iter().all(|&domain| domain == REAL)
    }

    /// The row with the given attributes.
    ///
    /// # Errors
    /// If an attribute is unknown, missing, or of the wrong kind.
    pub fn from_attrs(row: Row, given: &[(String, Attr)]) -> Result<Self, String> {
        let (info, specs) = (row.info(), Self::attr_specs(row));
        known(info.name, &specs, given)?;
        let mut attrs = [0.0; 2];
        for (value, spec) in attrs.iter_mut().zip(&specs) {
            *value = field(info.name, spec.name, &specs, given)?;
            let integers = f64::from(least_integer(row))..=f64::from(i32::MAX);
            if spec.name == INTEGER && (value.fract() != 0.0 || !integers.contains(value)) {
                return Err(format!(
                    "attribute `n` of {} is {value}; expected {}",
                    info.name, spec.expected
                ));
            }
        }
        Ok(Self { row, attrs })
    }

    /// A row with attributes that suit a generator; further operands broadcast with the first.
    pub fn draw(row: Row, from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let info = row.info();
        let mut attrs = [0.0; 2];
        for (k, (attr, default)) in attrs.iter_mut().zip(info.defaults).enumerate() {
            *attr = match default {
                _ if info.attrs[k] == INTEGER => {
                    from.between(least_integer(row).max(-2).into(), 4) as f64
                }
                Some(default) if from.chance(0.5) => *default,
                Some(_) => 0.25 + from.unit() * 1.5,
                // exponents and bounds: small halves, the first below the second
                None => from.between(-3, 3) as f64 / 2.0 + 2.0 * k as f64,
            };
        }
        if row == Row::Clamp {
            attrs[1] = attrs[0] + from.unit() * 2.0;
        }
        let others = info.operands[1..].iter().map(|_| {
            // one partner of a scalar may be anything; two must suit each other
            let free = x.rank() == 0 && info.operands.len() == 2 && from.chance(0.4);
            Request::Tensor(match free {
                true => (0..1 + from.below(2)).map(|_| 1 + from.below(3)).collect(),
                false => broadcast_partner(from, x),
            })
        });
        Drawn::with(Self { row, attrs }, others.collect::<Vec<_>>())
    }

    /// The attributes, for the op table.
    pub fn attr_specs(row: Row) -> Vec<AttrSpec> {
        let info = row.info();
        let specs = info.attrs.iter().zip(info.defaults);
        specs
            .map(|(&name, default)| AttrSpec {
                name,
                expected: match (name, row) {
                    (INTEGER, Row::Powi) => "an integer of 32 bits",
                    (INTEGER, _) => "an integer from 0 on, of 32 bits",
                    _ => "a number",
                },
                default: default.map(Attr::Number),
            })
            .collect()
    }

    pub(super) fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        if args.len() != self.info().operands.len() {
            return shape_error!(
                "expected {} operands, found {}",
                self.info().operands.len(),
                args.len()
            );
        }
        args[1..]
            .iter()
            .try_fold(args[0].clone(), |shape, arg| shape.broadcast(arg))
    }

    pub(super) fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Tensor<T> {
        Tensor::zip_all(args, shape, |x| self.value(x))
    }

    /// `ct` times the partial derivative by operand `i`, in one pass; 0 where `ct` is 0.
    pub(super) fn pull_eager<T: Real>(
        &self,
        i: usize,
        args: &[&Tensor<T>],
        y: &Tensor<T>,
        ct: &Tensor<T>,
    ) -> Tensor<T> {
        let operands: smallvec::SmallVec<[&Tensor<T>; 5]> =
            [y, ct].into_iter().chain(args.iter().copied()).collect();
        Tensor::zip_all(&operands, y.shape(), |x| {
            x[1].strong_mul(self.partial(i, &x[2..], x[0]))
        })
    }

    /// The smallest [`Pointwise::smooth`] over all elements.
    pub(super) fn smooth_tensor(&self, args: &[&Tensor<f64>], shape: &Shape) -> f64 {
        let distances = Tensor::zip_all(args, shape, |x| self.smooth(x));
        distances.iter().fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Random, Tape};
    use super::super::{Builder, Op};
    use super::*;
    use crate::number::{Ball, Dd, Dual};

    /// `x` moving by `t` in every part of a nested dual number.
    fn moving_twice(x: Dd, t: Dd) -> Dual<Dual<Dd>> {
        let value = Dual {
            value: x,
            tangent: t,
        };
        Dual {
            value,
            tangent: Dual::constant(t),
        }
    }

    /// The third derivative along `t` by the formula of the value, on numbers nested three times.
    fn third_by_formula(f: &Pointwise, x: &[Dd], t: &[Dd]) -> Dd {
        let moving = |(&x, &t): (&Dd, &Dd)| Dual {
            value: moving_twice(x, t),
            tangent: Dual::constant(Dual::constant(t)),
        };
        let args: Vec<_> = x.iter().zip(t).map(moving).collect();
        f.value(&args).tangent.tangent.tangent
    }

    /// The same by the formulas of the partial derivatives, on numbers nested twice.
    fn third_by_partials(f: &Pointwise, x: &[Dd], t: &[Dd]) -> Dd {
        let args: Vec<_> = x.iter().zip(t).map(|(&x, &t)| moving_twice(x, t)).collect();
        let y = f.value(&args);
        let terms = t.iter().enumerate();
        terms.fold(Dd::ZERO, |sum, (i, &t)| {
            sum + t.strong_mul(f.partial(i, &args, y).tangent.tangent)
        })
    }

    /// The same by what the rules record, of what they recorded, of the rule.
    fn third_by_record(f: &Pointwise, x: &[f64], t: &[f64]) -> f64 {
        let tape = Tape::default();
        let b: &dyn Builder = &tape;
        let ids: Vec<_> = x.iter().map(|&x| b.constant(x)).collect();
        let mut y = tape.apply(Op::Pointwise(*f), &ids);
        for _ in 0..3 {
            let shares = tape.pull_back(y, b.constant(1.0), &ids);
            let terms = shares.iter().zip(t);
            let terms = terms.map(|(&share, &t)| b.mul(b.constant(t), share));
            y = terms
                .reduce(|a, z| b.add(a, z))
                .expect("one operand at least");
        }
        tape.value(y).item()
    }

    /// Calls `judge` with a hundred draws of a row's attributes and of places and directions, at those places where the
    /// function is smooth.
    fn at_smooth_points(row: Row, mut judge: impl FnMut(&Pointwise, &[f64], &[f64])) {
        let name = row.info().name;
        let mut random = Random(name.bytes().map(u64::from).sum());
        let mut points = 0;
        for _ in 0..100 {
            let words: Vec<u32> = (0..16).map(|_| random.word()).collect();
            let drawn = Pointwise::draw(row, &mut Choices::new(&words), &Shape::scalar());
            let f = drawn.expect("any shape suits").op;
            let mut unit = || f64::from(random.word()) / f64::from(u32::MAX);
            let domain = row.info().operands.iter().zip(row.info().domain);
            let x: Vec<f64> = domain
                .map(|(_, &(lo, hi))| lo.max(-3.0) + unit() * (hi.min(3.0) - lo.max(-3.0)))
                .collect();
            let t: Vec<f64> = x.iter().map(|_| 2.0 * unit() - 1.0).collect();
            if f.smooth(&x) >= 0.05 && !f.value(&x).is_nan() {
                points += 1;
                judge(&f, &x, &t);
            }
        }
        assert!(points >= 10, "{name} has only {points} smooth points");
    }

    fn wide(x: &[f64]) -> Vec<Dd> {
        x.iter().map(|&x| x.into()).collect()
    }

    #[test]
    fn third_derivatives_agree_in_every_row() {
        for &row in Row::ALL {
            at_smooth_points(row, |f, x, t| {
                let exact = third_by_formula(f, &wide(x), &wide(t));
                let by_partials = third_by_partials(f, &wide(x), &wide(t));
                let by_record = third_by_record(f, x, t);
                let size = 1.0 + exact.abs().to_f64();
                let near = |y: Dd, tolerance: f64| (y - exact).abs().to_f64() <= tolerance * size;
                assert!(
                    near(by_partials, 1e-24) && near(by_record.into(), 1e-10),
                    "third derivative of {f:?} at {x:?} along {t:?}: {exact} by the value, {by_partials} by the \
                     partial derivatives, {by_record} by the record"
                );
            });
        }
    }

    #[test]
    fn bounds_hold_in_every_row() {
        // a number that no arithmetic holds, so that an error is carried in
        fn third<N: Number>(x: &[f64]) -> Vec<N> {
            x.iter().map(|&x| N::of(x) / N::of(3.0)).collect()
        }
        for &row in Row::ALL {
            at_smooth_points(row, |f, x, _| {
                if f.smooth(&third::<f64>(x)) < 1e-6 {
                    return;
                }
                let x: Vec<f64> = x.iter().map(|&x| f64::from(x as f32)).collect();
                let (exact, double) = (third::<Dd>(&x), third::<f64>(&x));
                let (single, ball) = (third::<f32>(&x), third::<Ball<f64>>(&x));
                let ball_of_single = third::<Ball<f32>>(&x);
                let y = (
                    f.value(&exact),
                    (f.value(&double), f.value(&ball)),
                    (f.value(&single), f.value(&ball_of_single)),
                );
                let within = |what: &str, exact: Dd, found: f64, bound: f64| {
                    let error = (Dd::from(found) - exact).abs().to_f64();
                    assert!(
                        error <= bound || found.is_nan(),
                        "{what} of {f:?} at {x:?} / 3: {found} is farther from {exact} than {bound:e}"
                    );
                };
                within("value", y.0, y.1.0, y.1.1.delta);
                within("value in binary32", y.0, y.2.0.into(), y.2.1.delta);
                for i in 0..x.len() {
                    let exact = f.partial(i, &exact, y.0);
                    let bound = f.partial(i, &ball, y.1.1).delta;
                    within(
                        "partial derivative",
                        exact,
                        f.partial(i, &double, y.1.0),
                        bound,
                    );
                    let found = f.partial(i, &single, y.2.0).into();
                    let bound = f.partial(i, &ball_of_single, y.2.1).delta;
                    within("partial derivative in binary32", exact, found, bound);
                }
            });
        }
    }
}
