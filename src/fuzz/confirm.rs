//! A second opinion on what an engine is said to get wrong: differences of the engine's own values.
//!
//! The judge holds an engine against differences of *our* values. If our value of an operation were another function than
//! the engine's, every derivative would seem wrong. So before a finding is reported the engine is asked for the values (for a
//! Hessian-vector product: the gradients) of the same program at points near by, and the ladder of black boxes
//! differentiates those. Nothing of ours takes part in it but the ladder.

use crate::check::{Class, Fault, Quantity};
use crate::engine::sabotage::{Damage, Place, planted};
use crate::engine::{Engine, Evaluation, Mode, Named, Want, evaluate_caught};
use crate::graph::{Case, Dtype, Params};
use crate::modes::{behind, rerun, reverse, run};
use crate::op::{Id, Input, Op, splitmix64};
use crate::oracle::{Estimate, Ladder, Slope, ladder};
use crate::tensor::{Shape, Tensor};

/// What the second opinion is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Opinion {
    /// The engine is wrong, by its own values too.
    Wrong(String),
    /// The engine's own values say the same as its derivative; or they cannot tell.
    Unconfirmed(String),
    /// No number, where the engine's own values have no derivative.
    Undefined(String),
}

/// Elements of all parameters in a row, and how far each moves.
pub(super) type Direction = Vec<(usize, f64)>;

/// Holds a fault that the judge found against the engine's own values.
pub(super) fn confirm(case: &Case, engine: &mut dyn Engine, want: &Want, fault: &Fault) -> Opinion {
    // a crash or a shape needs no second look
    let Some(quantity) = fault.quantity else {
        return Opinion::Wrong(String::new());
    };
    if fault.class == Class::NonFinite {
        return match quantity {
            Quantity::Value => Opinion::Wrong(String::new()),
            // no derivative of a function that has one is NaN, whoever computes its values
            derivative => match by_own(case, engine, want, fault, derivative) {
                // where its values have none to measure; its gradients may have no derivative there
                Opinion::Unconfirmed(words) if derivative != Quantity::Hvp => Opinion::Wrong(words),
                opinion => opinion,
            },
        };
    }
    let digits = match quantity {
        Quantity::Gradient => last_digits(case, fault, 0.0),
        Quantity::Hvp => last_digits(case, fault, gradient_at(case, fault)),
        Quantity::Value | Quantity::Jvp => None,
    };
    digits.unwrap_or_else(|| by_own(case, engine, want, fault, quantity))
}

/// Holds a number against what the engine's own values, or for a Hessian-vector product its own gradients, say.
fn by_own(
    case: &Case,
    engine: &mut dyn Engine,
    want: &Want,
    fault: &Fault,
    quantity: Quantity,
) -> Opinion {
    match quantity {
        Quantity::Value => match displacement(case, fault) {
            Some(moved)
                if (fault.claimed - fault.reference).abs() <= moved && !is_garbage(case, fault) =>
            {
                Opinion::Unconfirmed(format!(
                    "moving all inputs, and what is made of them, by {UNITS} roundoffs moves it by {moved:e}"
                ))
            }
            _ => by_narrow_arithmetic(case, fault),
        },
        Quantity::Jvp => match &want.tangents {
            Some(tangents) => {
                let along = whole(tangents);
                let read = Read::Value(fault.param.clone(), place(case, fault));
                by_differences(case, engine, along, &read, fault)
            }
            None => Opinion::Unconfirmed("no tangents were asked for".into()),
        },
        Quantity::Hvp if !engine.capabilities().modes.contains(&Mode::Gradient) => {
            Opinion::Unconfirmed("the engine has no gradient to take differences of".into())
        }
        Quantity::Hvp => match &want.direction {
            Some(direction) => {
                let along = whole(direction);
                let read = Read::Gradient(fault.param.clone(), place(case, fault));
                by_differences(case, engine, along, &read, fault)
            }
            None => Opinion::Unconfirmed("no direction was asked for".into()),
        },
        Quantity::Gradient => match element(case, fault) {
            Some(element) => along(case, engine, vec![element], fault),
            None => Opinion::Unconfirmed(format!("there is no element {}", fault.param)),
        },
    }
}

/// A small gradient is right if so many roundoffs of the cotangent explain what it is off by: in `1 - y^2` for the slope of
/// `tanh`, where y is next to 1, the square is off by twice what y is, by a unit in the last place, which is two roundoffs;
/// and by its own.
const DIGITS: f64 = 5.0;

/// A function levels off where its slope is so small beside its value.
const LEVEL: f64 = 0.01;

/// What to say of a gradient that is off by roundoffs of the cotangent: of the program's, or of what the cotangent of a function
/// that levels off would make of the gradient if its slope were 1. A Hessian-vector product is how far the gradient moves when
/// numbers do by about their own size, and may be off by roundoffs of the gradient too: the magnitude that it has by itself.
fn last_digits(case: &Case, fault: &Fault, slope: f64) -> Option<Opinion> {
    let largest = case.cotangents.iter().map(Tensor::max_abs);
    let cotangent = largest.fold(0.0, f64::max) + passed(case, fault);
    let off = (fault.claimed - fault.reference).abs() / (case.dtype.unit() * (cotangent + slope));
    let of = match fault.quantity {
        Some(Quantity::Hvp) => "the gradient and its cotangent",
        _ => "the cotangent",
    };
    (off <= DIGITS)
        .then(|| Opinion::Unconfirmed(format!("it is off by {off:.1} roundoffs of {of}")))
}

/// The size of the gradient's element at the place of a fault.
fn gradient_at(case: &Case, fault: &Fault) -> f64 {
    let params = case.params.to_tensors();
    let place = case.params.names().position(|name| name == fault.param);
    match (
        reverse::gradient(&case.graph, &params, &case.cotangents),
        place,
    ) {
        (Ok((_, gradient)), Some(place)) => gradient[place].at(&fault.index).abs(),
        _ => 0.0,
    }
}

/// How much larger the element would be if functions of one operand had slope 1 where they level off, all together.
fn passed(case: &Case, fault: &Fault) -> f64 {
    let graph = &case.graph;
    let params = case.params.to_tensors();
    let place = case.params.names().position(|name| name == fault.param);
    let (Ok(values), Some(place)) = (run(graph, &params), place) else {
        return 0.0;
    };
    let levels_off = |id: &Id| {
        let node = graph.node(*id);
        let Op::Pointwise(f) = &node.op else {
            return false;
        };
        let (y, args) = (&values[id.index()], &node.args);
        let operands = args.iter().map(|arg| &values[arg.index()]);
        let given: Vec<&Tensor<f64>> = std::iter::once(y).chain(operands).collect();
        // how far the slope is above what counts as level
        let above = Tensor::zip_all(&given, y.shape(), |x| {
            f.partial(0, &x[1..], x[0]).abs() - LEVEL * x[0].abs()
        });
        args.len() == 1 && above.iter().any(|above| above <= 0.0)
    };
    let level: Vec<Id> = graph.ids().filter(levels_off).collect();
    let Some(&first) = level.first() else {
        return 0.0;
    };
    let sweep = |id: Id, damage| {
        let gradient = planted(case, &values, &Place::Node(id), damage);
        gradient[place].at(&fault.index)
    };
    let clean = sweep(first, Damage::Factor(1.0));
    let grown = |id: Id| (sweep(id, Damage::Passed) - clean).abs();
    let sizes = level.into_iter().map(grown);
    sizes.filter(|size| size.is_finite()).sum()
}

/// Holds what a gradient says of a direction against differences of the engine's values along it.
pub(super) fn along(
    case: &Case,
    engine: &mut dyn Engine,
    direction: Direction,
    fault: &Fault,
) -> Opinion {
    by_differences(case, engine, direction, &Read::Objective, fault)
}

/// An answer that is right for inputs which are off by so many roundoffs is right: where ours is exact by luck, as a sine at
/// multiples of pi that is computed by turns, others need not be.
const UNITS: f64 = 4.0;

/// Whether a number so small stands for 0 that no rounding of a sum makes it, but memory that nobody has written may hold it.
pub(super) fn is_garbage(case: &Case, fault: &Fault) -> bool {
    let smallest = match case.dtype {
        Dtype::F32 => f64::from(f32::MIN_POSITIVE),
        Dtype::F64 => f64::MIN_POSITIVE,
    };
    fault.reference == 0.0 && fault.claimed != 0.0 && fault.claimed.abs() < smallest
}

/// In so many ways elements are moved together: all alike, every second one the other way, and at random, since elements that are
/// set off against each other may lie anywhere, as those of a column do.
const WAYS: u64 = 12;

/// Which way an element moves.
fn sign(way: u64, k: u64) -> f64 {
    let turns = match way {
        0 | 1 => way,
        2 | 3 => way + k,
        _ => splitmix64(way << 32 | k),
    };
    if turns % 2 == 0 { 1.0 } else { -1.0 }
}

/// How far a value moves when all inputs do by some roundoffs, and besides what each operation makes of them.
fn displacement(case: &Case, fault: &Fault) -> Option<f64> {
    let unit = case.dtype.unit();
    let graph = &case.graph;
    let params = case.params.to_tensors();
    let values = run(graph, &params).ok()?;
    let before = value_of(case, &values, fault)?;
    let is_number = |id: &Id| matches!(graph.node(*id).op, Op::Input(Input::Param | Input::Const));
    let id = output(case, &fault.param)?;
    // what takes elements together may be off in one by roundoffs of another, as an inverse is
    let is_mixed = |id: &Id| {
        let mut readers = graph.ids().filter(|&at| graph.node(at).args.contains(id));
        readers.any(|at| !matches!(graph.node(at).op, Op::Pointwise(_)) && mixes(case, &values, at))
    };
    let displaced = |sources: &[Id]| {
        // a value is no less rounded where no derivative passes; a place is not moved by rounding
        let cone = behind(graph, sources, |op| matches!(op, Op::StopGradient(_)));
        let after = |way: u64, mixed: &[Id]| {
            let moved = sources.iter().map(|id| {
                let x = &values[id.index()];
                let largest = mixed.contains(id).then(|| x.max_abs());
                let mut signs = (0..).map(|k| sign(way, k));
                let step = |x: f64| {
                    let sign = signs.next().expect("there is no last one");
                    match largest {
                        // of a zero that is made rounding leaves the sign open
                        None if x == 0.0 && !is_number(id) => 0.0_f64.copysign(sign),
                        _ => x + UNITS * unit * sign * largest.unwrap_or(x),
                    }
                };
                (*id, x.map(step))
            });
            let moved = rerun(graph, &values, moved, &cone).ok()?;
            let moved = moved[id.index()].as_ref().unwrap_or(&values[id.index()]);
            let moved = (moved.at(&fault.index) - before).abs();
            moved.is_finite().then_some(moved)
        };
        let mixed: Vec<Id> = sources.iter().copied().filter(is_mixed).collect();
        let ways: &[&[Id]] = if mixed.is_empty() {
            &[&[]]
        } else {
            &[&[], &mixed]
        };
        let moves = ways
            .iter()
            .flat_map(|mixed| (0..WAYS).map(|way| after(way, mixed)));
        moves.flatten().fold(0.0, f64::max)
    };
    let inputs: Vec<Id> = graph.ids().filter(is_number).collect();
    // where the inputs' roundoffs end, as behind a comparison, the next operation has its own
    let is_between = |other: &Id| !matches!(graph.node(*other).op, Op::Input(_)) && *other != id;
    let between = graph.ids().filter(is_between);
    let own: f64 = between.map(|id| displaced(&[id])).sum();
    // a zero that no input moves, as those of a triangle are, may be what rounding left of the numbers around it
    let is_pointwise = matches!(graph.node(id).op, Op::Pointwise(_));
    let left = match fault.reference == 0.0 && !is_pointwise && mixes(case, &values, id) {
        true => UNITS * unit * values[id.index()].max_abs(),
        false => 0.0,
    };
    Some(displaced(&inputs) + own + left)
}

/// Whether a node makes other numbers of its operands', and does not only move them or choose among them: tried on numbers of which
/// no two are alike.
fn mixes(case: &Case, values: &[Tensor<f64>], id: Id) -> bool {
    let node = case.graph.node(id);
    let mut next = 0;
    let mut unlike = |x: &Tensor<f64>| {
        x.map(|_| {
            next += 1;
            splitmix64(next) as f64
        })
    };
    let operands = node.args.iter().enumerate().map(|(i, arg)| {
        let x = &values[arg.index()];
        if node.op.is_index(i) {
            x.clone()
        } else {
            unlike(x)
        }
    });
    let operands: Vec<Tensor<f64>> = operands.collect();
    let given: Vec<f64> = operands
        .iter()
        .flat_map(Tensor::iter)
        .chain([0.0])
        .collect();
    match node
        .op
        .eval(&operands.iter().collect::<Vec<_>>(), &node.shape)
    {
        Ok(made) => made.iter().any(|x| !given.contains(&x)),
        Err(_) => true,
    }
}

/// The same value in the arithmetic of the case, by our kernels.
fn by_narrow_arithmetic(case: &Case, fault: &Fault) -> Opinion {
    let own = match case.dtype {
        Dtype::F64 => {
            let params = case.params.to_tensors();
            run(&case.graph, &params).map(|values| value_of(case, &values, fault))
        }
        Dtype::F32 => {
            let params: Vec<Tensor<f32>> =
                case.params.values().map(|x| x.map(|x| x as f32)).collect();
            run(&case.graph, &params).map(|values| value_of(case, &values, fault).map(f64::from))
        }
    };
    match own {
        Ok(Some(own)) if (own - fault.reference).abs() <= fault.error => {
            Opinion::Wrong(format!("{} gives {own:e}", case.dtype.name()))
        }
        Ok(Some(own)) => Opinion::Unconfirmed(format!(
            "in {} our own kernels give {own:e}",
            case.dtype.name()
        )),
        _ => Opinion::Unconfirmed("the case cannot be evaluated".into()),
    }
}

fn value_of<T: Copy>(case: &Case, values: &[Tensor<T>], fault: &Fault) -> Option<T> {
    let id = output(case, &fault.param)?;
    Some(values[id.index()].at(&fault.index))
}

fn output(case: &Case, name: &str) -> Option<Id> {
    let outputs = case.graph.outputs().iter().copied();
    outputs.into_iter().find(|&id| case.graph.name(id) == name)
}

/// All elements of a direction.
fn whole(direction: &Params<f64>) -> Direction {
    let weights = direction.to_vector().into_iter().enumerate();
    weights.filter(|(_, weight)| *weight != 0.0).collect()
}

/// A faulty element of a gradient among all elements, moved by about its own size.
fn element(case: &Case, fault: &Fault) -> Option<(usize, f64)> {
    let mut first = 0;
    for (name, x) in case.params.iter() {
        if name == fault.param && fault.index.len() == x.rank() {
            let value = x.at(&fault.index);
            let k = flat(&fault.index, x.shape());
            return Some((first + k, ladder::scale(value, 1.0)));
        }
        first += x.len();
    }
    None
}

fn flat(index: &[usize], shape: &Shape) -> usize {
    let pairs = index.iter().zip(shape.iter());
    pairs.fold(0, |k, (&i, &n)| k * n + i)
}

/// The faulty element's place in the row-major order of its tensor.
pub(super) fn place(case: &Case, fault: &Fault) -> usize {
    let shape = case.graph.find(&fault.param);
    shape.map_or(0, |id| flat(&fault.index, &case.graph.node(id).shape))
}

/// The number whose derivative is in question.
enum Read {
    /// `<cotangents, outputs>`.
    Objective,
    /// An element of an output.
    Value(String, usize),
    /// An element of a gradient.
    Gradient(String, usize),
}

impl Read {
    fn want(&self) -> Want {
        let gradient = matches!(self, Read::Gradient(..));
        Want {
            value: !gradient,
            gradient,
            ..Want::default()
        }
    }

    fn of(&self, case: &Case, answer: &Evaluation) -> Option<f64> {
        let find = |named: &Option<Named>, name: &str, k: usize| {
            let found = named.as_ref()?.iter().find(|(own, _)| own == name)?;
            found.1.get(k).copied()
        };
        match self {
            Read::Value(name, k) => find(&answer.value, name, *k),
            Read::Gradient(name, k) => find(&answer.gradient, name, *k),
            Read::Objective => {
                let mut sum = 0.0;
                for (&id, ct) in case.graph.outputs().iter().zip(&case.cotangents) {
                    for (k, ct) in ct.iter().enumerate().filter(|(_, ct)| *ct != 0.0) {
                        sum += ct * find(&answer.value, &case.graph.name(id), k)?;
                    }
                }
                Some(sum)
            }
        }
    }
}

fn by_differences(
    case: &Case,
    engine: &mut dyn Engine,
    direction: Direction,
    read: &Read,
    fault: &Fault,
) -> Opinion {
    // the same program in more digits, where the engine has them: the derivative is the same function
    let fine = Dtype::F64;
    let wide = match case.dtype {
        Dtype::F32 if engine.capabilities().dtypes.contains(&fine) => case.to_dtype(fine).ok(),
        _ => None,
    };
    if let Some(wide) = wide
        && let Some(slope) = slope(&wide, engine, &direction, read)
    {
        return compare(&direction, slope, fault);
    }
    match slope(case, engine, &direction, read) {
        Some(slope) => compare(&direction, slope, fault),
        None => Opinion::Unconfirmed("the engine gives no values near by".into()),
    }
}

/// The derivative of what is read along a direction, by differences.
fn slope(
    case: &Case,
    engine: &mut dyn Engine,
    direction: &Direction,
    read: &Read,
) -> Option<Slope> {
    let start = case.params.to_vector();
    let want = read.want();
    let mut at = |t: f64| -> Option<f64> {
        let mut x = start.clone();
        for &(i, weight) in direction {
            x[i] = case.dtype.round(x[i] + t * weight);
        }
        let moved = Case {
            params: case.params.with_vector(&x).ok()?,
            ..case.clone()
        };
        read.of(&moved, &evaluate_caught(engine, &moved, &want).ok()?)
    };
    let base = at(0.0)?;
    let unit = case.dtype.unit();
    let line = |t| at(t).unwrap_or(f64::NAN);
    Some(Ladder::new(line, base, unit).thorough())
}

/// What is claimed and what the judge found, along the direction's unit, against an estimate.
fn compare(direction: &Direction, slope: Slope, fault: &Fault) -> Opinion {
    // a single element of a gradient is measured in its own unit, everything else as it is
    let unit = match direction[..] {
        [(_, weight)] if fault.quantity == Some(Quantity::Gradient) => weight,
        _ => 1.0,
    };
    let scaled = |found: Estimate| Estimate {
        value: found.value / unit,
        error: found.error / unit.abs(),
    };
    let of = match fault.quantity {
        Some(Quantity::Hvp) => "gradients",
        _ => "values",
    };
    let found = match slope {
        Slope::Smooth(found) | Slope::Tied(found) | Slope::Still(found) => scaled(found),
        Slope::Kink(left, right) => {
            let (left, right) = (scaled(left), scaled(right));
            let slack = left.error + right.error + fault.error;
            let low = left.value.min(right.value) - slack;
            let high = left.value.max(right.value) + slack;
            let sides = format!("{:e} and {:e} from its two sides", left.value, right.value);
            let words = format!("differences of its own {of} give {sides}");
            return match fault.claimed >= low && fault.claimed <= high {
                true => Opinion::Unconfirmed(words),
                // NaN at a norm's origin is what most engines say
                false if !fault.claimed.is_finite() => Opinion::Undefined(words),
                false => Opinion::Wrong(words),
            };
        }
    };
    let error = found.error;
    let words = format!(
        "differences of its own {of} give {:e} +- {error:.1e}",
        found.value
    );
    if !error.is_finite() {
        return Opinion::Unconfirmed(format!("differences of its own {of} do not settle"));
    }
    let meets = |x: f64| (x - found.value).abs() <= error + fault.error;
    match (meets(fault.claimed), meets(fault.reference)) {
        (false, true) => Opinion::Wrong(words),
        (false, false) => Opinion::Wrong(format!("{words}: its own {of} are wrong too")),
        (true, true) => Opinion::Unconfirmed(format!("{words}, which tells neither")),
        (true, false) => Opinion::Unconfirmed(format!("{words}, which is what it says")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fault of a case's first output, at its first element.
    fn wrong_value(case: &Case, claimed: f64, reference: f64) -> Fault {
        let y = case.graph.node(case.graph.outputs()[0]);
        Fault {
            class: Class::WrongValue,
            quantity: Some(Quantity::Value),
            param: "y".into(),
            index: vec![0; y.shape.rank()],
            claimed,
            reference,
            error: 0.0,
            judgement: Class::WrongValue.into(),
            message: String::new(),
        }
    }

    #[test]
    fn numbers_that_are_set_off_against_each_other_move_apart_wherever_they_lie() {
        // the variance of two neighbours: their mean is no number of the type
        for (shape, data, axis) in [
            ("[2, 2]", "-1.0, 0.0, -1.0000011, 0.0", 0),
            ("[2, 2]", "-1.0, -1.0000011, 0.0, 0.0", 1),
            ("[2, 3, 1]", "-1.0, 0.0, 0.0, -1.0000011, 0.0, 0.0", 0),
            (
                "[2, 2, 2]",
                "-1.0, 0.0, 0.0, 0.0, -1.0000011, 0.0, 0.0, 0.0",
                0,
            ),
        ] {
            let text = format!(
                "secant 1\ndtype f32\nconst x {shape} = [{data}]\ny = var(x, axes=[{axis}])\nreturn y\n"
            );
            let case = Case::from_text(&text).unwrap();
            let fault = wrong_value(&case, 2.913225216616411e-13, 2.877698079828406e-13);
            let moved = displacement(&case, &fault).unwrap();
            assert!(moved > 1e-13 && moved < 1e-11, "{text}{moved}");
        }
    }

    #[test]
    fn the_sign_of_a_zero_is_open_where_it_was_made() {
        let moved = |text: &str| {
            let case = Case::from_text(text).unwrap();
            let fault = wrong_value(&case, -std::f64::consts::PI, 0.0);
            displacement(&case, &fault).unwrap()
        };
        // the sum of no products is 0 or -0
        let made = "secant 1\nconst x [0] = []\nz = dot(x, x)\ny = atan2(z, z)\nreturn y\n";
        assert!(moved(made) >= std::f64::consts::PI);
        let given = "secant 1\nconst z [] = 0.0\ny = atan2(z, z)\nreturn y\n";
        assert_eq!(moved(given), 0.0);
    }
}
