//! Which results a program may go on with, and what is put before an operation whose operand does not suit it.
//!
//! Nothing here names what an operation needs. A step is taken on trial, with the numbers at hand, and refused if the
//! result is not finite, too large or too small, too near to a point where the operation is not smooth, or too
//! sensitive to the last digits of the operands.

use super::scope::Scope;
use super::values::mix;
use crate::graph::Dtype;
use crate::op::{Linearity, Op, Row, splitmix64};
use crate::tensor::{Shape, Tensor};
use smallvec::{SmallVec, smallvec};

/// Results are at most this large, unless the operands were.
const LARGEST: f64 = 1e4;

/// No result is larger.
const CEILING: f64 = 1e7;

/// Numbers that are not zero are at least this large: binary32 still holds their product.
const SMALLEST: f64 = 1e-12;

/// Operands keep this distance, relative to their size, from points where the operation is not smooth: much more than
/// finite differences move them, and than binary32 rounds them.
const CLEARANCE: f64 = 2e-3;

/// A relative change of the operands may change the result by this many times as much: binary32 then keeps three digits.
const SENSITIVITY: f64 = 3e3;

/// An operand on trial.
#[derive(Clone, Copy)]
pub(super) struct Operand<'v> {
    pub(super) value: &'v Tensor<f64>,
    /// Whether it depends on a parameter.
    pub(super) moves: bool,
}

/// The result of an operation, if a program may go on with it. `careless` takes it even at a kink.
pub(super) fn attempt(
    op: &Op,
    operands: &[Operand<'_>],
    shape: &Shape,
    careless: bool,
) -> Option<Tensor<f64>> {
    let args: SmallVec<[&Tensor<f64>; 3]> = operands.iter().map(|operand| operand.value).collect();
    let value = op.eval(&args, shape).ok()?;
    let largest_operand = args.iter().map(|x| x.max_abs()).fold(0.0, f64::max);
    let limit = LARGEST.max(4.0 * largest_operand).min(CEILING);
    let fits = |y: f64| y.abs() <= limit && (y == 0.0 || y.abs() >= SMALLEST);
    if !value.iter().all(fits) {
        return None;
    }
    // where nothing is chosen, the value itself may jump
    let is_clear = || op.smooth(&args, shape) > CLEARANCE * largest_operand;
    if operands.iter().all(|operand| !operand.moves) {
        return (op.chooses() || is_clear()).then_some(value);
    }
    if !slopes_are_finite(op, operands, &value) {
        return None;
    }
    if careless {
        return Some(value);
    }
    let clear = settled(op, operands) || is_clear();
    (clear && steady(op, operands, &value)).then_some(value)
}

/// Whether a derivative by one of its operands may be other than zero.
pub(super) fn lets_through(op: &Op, operands: usize) -> bool {
    match op {
        Op::Pointwise(f) => !(0..operands).all(|i| f.is_constant_in(i)),
        _ => (0..operands).any(|i| op.carries(i)),
    }
}

/// Whether no derivative is infinite: what comes before such a point may have any derivative at all.
fn slopes_are_finite(op: &Op, operands: &[Operand<'_>], value: &Tensor<f64>) -> bool {
    let Op::Pointwise(f) = op else { return true };
    let given: SmallVec<[&Tensor<f64>; 4]> = std::iter::once(value)
        .chain(operands.iter().map(|operand| operand.value))
        .collect();
    let moving = (0..operands.len()).filter(|&i| operands[i].moves);
    moving.into_iter().all(|i| {
        let slopes = Tensor::zip_all(&given, value.shape(), |x| f.partial(i, &x[1..], x[0]));
        slopes.iter().all(f64::is_finite)
    })
}

/// Whether the operation's kinks lie in operands that do not move: the condition of a choice.
fn settled(op: &Op, operands: &[Operand<'_>]) -> bool {
    let Op::Pointwise(f) = op else { return false };
    let mut places = operands.iter().enumerate();
    places.any(|(i, operand)| !operand.moves && f.is_constant_in(i))
}

/// Whether a small relative change of the moving operands changes the result only a little.
fn steady(op: &Op, operands: &[Operand<'_>], value: &Tensor<f64>) -> bool {
    const STEP: f64 = 1e-7;
    if op.linearity() == Linearity::Linear {
        return true;
    }
    let moved: SmallVec<[Tensor<f64>; 3]> = operands
        .iter()
        .enumerate()
        .map(|(i, operand)| {
            let mut k = (i as u64) << 32;
            operand.value.map(|x| {
                k += 1;
                let up = operand.moves && splitmix64(k) & 1 == 0;
                if up { x * (1.0 + STEP) } else { x }
            })
        })
        .collect();
    let args: SmallVec<[&Tensor<f64>; 3]> = moved.iter().collect();
    let Ok(other) = op.eval(&args, value.shape()) else {
        return false;
    };
    // an element that is small beside the others may lose digits to them
    let floor = 0.01 * value.max_abs();
    let mut pairs = value.iter().zip(other.iter());
    pairs.all(|(a, b)| (b - a).abs() <= SENSITIVITY * STEP * (a.abs() + floor))
}

/// One operation put before another: with a constant as its second operand, if it takes two.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) op: Op,
    pub(super) constant: Option<Tensor<f64>>,
}

impl Step {
    /// The value after the step, if a program may go on with it.
    pub(super) fn take(&self, operand: Operand<'_>) -> Option<Tensor<f64>> {
        let constant = self.constant.as_ref().map(|value| Operand {
            value,
            moves: false,
        });
        let operands: SmallVec<[Operand<'_>; 2]> = [operand].into_iter().chain(constant).collect();
        let shapes: SmallVec<[&Shape; 2]> = operands.iter().map(|o| o.value.shape()).collect();
        let shape = self.op.shape(&shapes).ok()?;
        attempt(&self.op, &operands, &shape, false)
    }
}

/// Steps that take a tensor somewhere tamer, in an order that depends on `word`: into an interval, to a moderate size,
/// away from zeros and ties.
pub(super) fn guards(
    scope: &Scope,
    x: &Tensor<f64>,
    word: u32,
    dtype: Dtype,
) -> Vec<SmallVec<[Step; 2]>> {
    let largest = x.max_abs();
    let alone = |row: Row| Step {
        op: Op::pointwise(row),
        constant: None,
    };
    let with = |row: Row, value: Tensor<f64>| Step {
        op: Op::pointwise(row),
        constant: Some(value),
    };
    let scalar = |x: f64| Tensor::scalar(dtype.round(x));
    // a power of two that brings the largest to about 1
    let factor = if largest > 0.0 && largest.is_finite() {
        2f64.powi(-largest.log2().round().clamp(-60.0, 60.0) as i32)
    } else {
        1.0
    };
    let apart = Tensor::from_fn(x.shape(), |k| {
        let part = f64::from(mix(word | 1, k as u64)) / 4_294_967_296.0;
        dtype.round(0.3 + 1.4 * part)
    });
    let mut guards: Vec<SmallVec<[Step; 2]>> = vec![
        smallvec![alone(Row::Tanh)],
        smallvec![alone(Row::Sigmoid)],
        smallvec![with(Row::Mul, scalar(factor))],
        smallvec![with(Row::Add, apart)],
        smallvec![alone(Row::Softplus)],
        smallvec![alone(Row::Atan)],
        smallvec![alone(Row::Tanh), alone(Row::Exp)],
        smallvec![alone(Row::Square), with(Row::Add, scalar(0.5))],
        smallvec![alone(Row::Sin)],
        smallvec![
            with(Row::Mul, scalar(0.5 * factor)),
            with(Row::Add, scalar(1.5))
        ],
    ];
    let allowed = |step: &Step| scope.named(step.op.name()).is_some();
    guards.retain(|steps| steps.iter().all(allowed));
    if !guards.is_empty() {
        let turn = word as usize % guards.len();
        guards.rotate_left(turn);
    }
    guards
}
