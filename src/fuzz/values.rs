//! The numbers and shapes of leaves.

use crate::graph::{Dtype, default_cotangent};
use crate::op::Choices;
pub(super) use crate::op::choices::mix;
use crate::op::pointwise::Interval;
use crate::tensor::{Shape, Tensor};

/// The largest number of elements of a leaf.
const LARGEST_LEAF: usize = 24;

/// A number in [0, 1) for an element.
fn unit(seed: u32, k: usize, salt: u64) -> f64 {
    f64::from(mix(seed, 2 * k as u64 + (salt << 20))) / 4_294_967_296.0
}

/// A shape of rank 0 to 4, mostly of few elements: equal sizes, unequal ones, ones, and sometimes none.
pub(super) fn shape(from: &mut Choices<'_>) -> Shape {
    const RANKS: [usize; 16] = [0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4];
    let rank = *from.pick(&RANKS);
    let sizes: &[usize] = match rank {
        0 | 1 => &[1, 2, 3, 4, 5, 6, 7],
        2 => &[1, 1, 2, 2, 3, 3, 4, 5],
        3 => &[1, 1, 2, 2, 2, 3],
        _ => &[1, 1, 1, 2, 2, 3],
    };
    let style = from.below(100);
    let first = *from.pick(sizes);
    let rest = [0; 3].map(|_| *from.pick(sizes));
    let mut shape: Shape = (0..rank)
        .map(|axis| match (axis, style) {
            // all axes equal: square matrices, which many operations ask for
            (0, _) | (_, 70..=94) => first,
            _ => rest[axis - 1],
        })
        .collect();
    if rank > 0 && style >= 96 {
        shape = shape.with(first % rank, 0);
    }
    while shape.count() > LARGEST_LEAF {
        let axis = (0..rank).max_by_key(|&axis| shape[axis]).unwrap_or(0);
        shape = shape.with(axis, shape[axis] - 1);
    }
    shape
}

/// The style of numbers between 0.05 and 0.95, where nearly everything is defined.
pub(super) const TAME: u32 = u32::MAX / 3 * 2;

/// The numbers of a leaf: moderate ones in most, but also repeated ones, zeros, large and tiny ones, and such as lie
/// just beside 0, 1 and -1.
pub(super) fn leaf(shape: &Shape, style: u32, seed: u32, dtype: Dtype) -> Tensor<f64> {
    let style = f64::from(style) / 4_294_967_296.0;
    let square = shape.rank() >= 2 && shape[shape.rank() - 1] == shape[shape.rank() - 2];
    let moderate = |k: usize| {
        let size = 0.25 + 2.0 * unit(seed, k, 0);
        if unit(seed, k, 1) < 0.5 { size } else { -size }
    };
    let power = |k: usize, low: f64, high: f64| 10f64.powf(low + (high - low) * unit(seed, k, 2));
    let signed = |k: usize, size: f64| size * moderate(k).signum();
    let number = |k: usize| match style {
        // the simplest: distinct, without rounding
        _ if seed == 0 => 1.0 + k as f64 / 4.0,
        _ if square && style > 0.5 => matrix(
            shape[shape.rank() - 1],
            k,
            2.0 * style - 1.0,
            seed,
            moderate,
        ),
        s if s < 0.55 => moderate(k),
        s if s < 0.63 => 0.1 + 2.9 * unit(seed, k, 0),
        s if s < 0.70 => 0.05 + 0.9 * unit(seed, k, 0),
        s if s < 0.76 => (unit(seed, k, 0) * 9.0).floor() / 2.0 - 2.0,
        s if s < 0.81 && unit(seed, k, 3) < 0.4 => 0.0,
        s if s < 0.81 => moderate(k),
        s if s < 0.85 => signed(k, power(k, 3.0, 6.0)),
        s if s < 0.89 => signed(k, power(k, -6.0, -3.0)),
        s if s < 0.92 => moderate(0),
        s if s < 0.97 => (unit(seed, k, 0) * 3.0).floor() - 1.0 + signed(k, power(k, -6.0, -2.0)),
        _ => signed(k, power(k, -6.0, 6.0)),
    };
    Tensor::from_fn(shape, |k| dtype.round(number(k)))
}

/// Element `k` of square matrices with `n` rows: most with a dominant diagonal, for which factorisations and inverses are
/// tame; others singular, nearly singular, with repeated eigenvalues, symmetric, or triangular.
fn matrix(n: usize, k: usize, style: f64, seed: u32, moderate: impl Fn(usize) -> f64) -> f64 {
    let (first, row, col) = (k - k % (n * n), k / n % n, k % n);
    let at = |row: usize, col: usize| first + row * n + col;
    let (diagonal, last) = (row == col, row + 1 == n);
    let kind = mix(seed, 71) % 3;
    // a vector beside the matrix
    let entry = |i: usize| moderate(first + i);
    let small = |k: usize| (unit(seed, k, 0) * 5.0).floor() - 2.0;
    match style {
        s if s < 0.66 => moderate(k) / n as f64 + if diagonal { 2.5 } else { 0.0 },
        s if s < 0.74 => match kind {
            // exactly singular: a row twice, a row of zeros, rank one
            0 if last && n > 1 => small(at(0, col)),
            1 if last => 0.0,
            2 => small(first + row) * small(first + n * n + col),
            _ => small(k),
        },
        s if s < 0.80 => {
            // nearly singular: a row almost twice
            let part = 10f64.powf(-4.0 + 3.0 * unit(seed, first, 4));
            let other = if last && n > 1 {
                moderate(at(0, col))
            } else {
                0.0
            };
            other + if other == 0.0 { 1.0 } else { part } * moderate(k)
        }
        s if s < 0.86 => entry(row) * entry(col) + if diagonal { 1.5 } else { 0.0 },
        s if s < 0.93 => moderate(at(row.min(col), row.max(col))),
        _ if (row < col) == (kind == 0) && !diagonal => 0.0,
        _ => moderate(k),
    }
}

/// Numbers strictly inside an interval, some of them just inside.
pub(super) fn inside(
    shape: &Shape,
    (low, high): Interval,
    style: u32,
    seed: u32,
    dtype: Dtype,
) -> Tensor<f64> {
    let near_border = mix(style, 9).is_multiple_of(8);
    let number = |k: usize| {
        let part = match near_border {
            true => 10f64.powf(-6.0 + 4.0 * unit(seed, k, 0)),
            false => 0.1 + 0.8 * unit(seed, k, 0),
        };
        let flip = unit(seed, k, 1) < 0.5;
        match (low.is_finite(), high.is_finite()) {
            (true, true) if flip => high - (high - low) * part,
            (true, true) => low + (high - low) * part,
            (true, false) => low + if near_border { part } else { 3.0 * part },
            (false, true) => high - if near_border { part } else { 3.0 * part },
            (false, false) if flip => -2.0 * part,
            (false, false) => 2.0 * part,
        }
    };
    Tensor::from_fn(shape, |k| dtype.round(number(k)))
}

/// Matrices whose symmetric part has a dominant diagonal.
pub(super) fn definite(shape: &Shape, seed: u32, dtype: Dtype) -> Tensor<f64> {
    let n = shape.last().copied().unwrap_or(1).max(1);
    let number = |k: usize| match k % n == k / n % n {
        true => 1.2 + unit(seed, k, 0),
        false => (2.0 * unit(seed, k, 0) - 1.0) / n as f64,
    };
    Tensor::from_fn(shape, |k| dtype.round(number(k)))
}

/// Integers from `low` below `high`.
pub(super) fn integers(shape: &Shape, low: i64, high: i64, seed: u32) -> Tensor<f64> {
    let width = (high - low).max(1) as f64;
    let number = |k: usize| match seed {
        0 => 0.0,
        _ => low as f64 + (unit(seed, k, 0) * width).floor(),
    };
    Tensor::from_fn(shape, number)
}

/// A cotangent: the default one half of the time.
pub(super) fn cotangent(shape: &Shape, style: u32, seed: u32, dtype: Dtype) -> Tensor<f64> {
    let style = f64::from(style) / 4_294_967_296.0;
    if style < 0.5 || seed == 0 {
        return default_cotangent(shape);
    }
    let number = |k: usize| {
        let size = 0.25 + 1.5 * unit(seed, k, 0);
        let signed = if unit(seed, k, 1) < 0.5 { size } else { -size };
        match style {
            s if s < 0.60 && unit(seed, k, 2) < 0.4 => 0.0,
            s if s < 0.65 => 1e3 * signed,
            s if s < 0.70 => 1e-3 * signed,
            _ => signed,
        }
    };
    Tensor::from_fn(shape, |k| dtype.round(number(k)))
}
