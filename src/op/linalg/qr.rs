//! The reduced QR factorisation of square and tall matrices, with a diagonal of R that is not negative.

use super::matrix::{Matrix, each};
use super::{draw_matrices, sizes};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{QrQ, QrR};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// A power of two that brings `size` near 1, as far as binary32 can.
pub(super) fn scaling(size: f64) -> f64 {
    if size > 0.0 && size.is_finite() {
        2f64.powi(-size.log2().round().clamp(-120.0, 120.0) as i32)
    } else {
        1.0
    }
}

/// I - v v^T (2 / v^T v) on rows `first..` of some columns.
fn reflect<T: Real>(x: &mut Matrix<T>, columns: std::ops::Range<usize>, first: usize, v: &[T]) {
    let factor = T::of(2.0) / T::dot(v, v);
    for j in columns {
        let below: Vec<T> = (first..x.rows).map(|i| x[[i, j]]).collect();
        let along = factor * T::dot(v, &below);
        for (i, &v) in v.iter().enumerate() {
            x[[first + i, j]] = x[[first + i, j]] - along * v;
        }
    }
}

/// Q and R, by Householder's reflections.
pub(super) fn factors<T: Real>(a: Matrix<T>) -> [Matrix<T>; 2] {
    let [m, n] = a.sizes();
    let mut r = a;
    let mut vectors: Vec<Option<Vec<T>>> = Vec::with_capacity(n);
    for j in 0..n {
        let x: Vec<T> = (j..m).map(|i| r[[i, j]]).collect();
        let size = x.iter().map(|x| x.to_f64().abs()).fold(0.0, f64::max);
        // nothing is below the last row, and a column of zeros has no direction
        let vector = (j + 1 < m && size > 0.0).then(|| {
            let factor = T::of(scaling(size));
            let mut v: Vec<T> = x.iter().map(|&x| x * factor).collect();
            let length = T::dot(&v, &v).sqrt();
            v[0] = if v[0] < T::of(0.0) {
                v[0] - length
            } else {
                v[0] + length
            };
            v
        });
        if let Some(v) = &vector {
            reflect(&mut r, j..n, j, v);
        }
        vectors.push(vector);
    }
    let mut q = Matrix::from_fn([m, n], |i, j| T::of(if i == j { 1.0 } else { 0.0 }));
    for (j, v) in vectors.iter().enumerate().rev() {
        if let Some(v) = v {
            reflect(&mut q, j..n, j, v);
        }
    }
    let mut triangle = Matrix::from_fn([n, n], |i, j| if i <= j { r[[i, j]] } else { T::of(0.0) });
    for j in 0..n {
        if triangle[[j, j]] < T::of(0.0) {
            for k in j..n {
                triangle[[j, k]] = -triangle[[j, k]];
            }
            for i in 0..m {
                q[[i, j]] = -q[[i, j]];
            }
        }
    }
    [q, triangle]
}

/// How far the elements of tall matrices may move before columns are dependent, at the least: 1 over the sum of
/// |R^-1 Q^T|.
pub(super) fn distance_from_dependent(a: &Tensor<f64>) -> f64 {
    if a.is_empty() {
        return f64::INFINITY;
    }
    let distances = a.matrices().into_iter().map(|a| {
        let [q, r] = factors(Matrix::of(&a));
        let inverse = solve_upper(&r, &q.transpose());
        let sum: f64 = inverse.data.iter().map(|x| x.abs()).sum();
        if sum.is_finite() { 1.0 / sum } else { 0.0 }
    });
    distances.fold(f64::INFINITY, f64::min)
}

/// R^-1 b.
pub(super) fn solve_upper<T: Real>(r: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let n = r.rows;
    let mut x = b.clone();
    for col in 0..b.cols {
        for i in (0..n).rev() {
            let below: Vec<T> = (i + 1..n).map(|k| x[[k, col]]).collect();
            x[[i, col]] = (x[[i, col]] - T::dot(&r.row(i)[i + 1..], &below)) / r[[i, i]];
        }
    }
    x
}

/// The sizes of square or tall matrices.
fn tall(op: &str, x: &Shape) -> Result<[usize; 2], ShapeError> {
    match sizes(op, x)? {
        [rows, cols] if rows >= cols => Ok([rows, cols]),
        [rows, cols] => shape_error!(
            "{op} takes matrices with at least as many rows as columns, found {rows} x {cols} in shape {x}"
        ),
    }
}

/// (ct_q + Q S) R^-T, where S has the lower triangle of M = R ct_r^T - ct_q^T Q and is symmetric (Walter, Lehmann and Lamour,
/// *On evaluating higher-order derivatives of the QR decomposition of tall matrices*, 2012).
fn pull(b: &dyn Builder, [q, r]: [Id; 2], [ct_q, ct_r]: [Option<Id>; 2]) -> Shares {
    let by_r = ct_r.map(|ct| b.matmul(r, b.matrix_transpose(ct)));
    let by_q = ct_q.map(|ct| b.neg(b.matmul(b.matrix_transpose(ct), q)));
    let m = [by_r, by_q]
        .into_iter()
        .flatten()
        .reduce(|x, y| b.add(x, y))
        .expect("one cotangent at least");
    let symmetric = b.add(b.tril(m, 0), b.matrix_transpose(b.tril(m, -1)));
    let inner = b.matmul(q, symmetric);
    let inner = ct_q.map_or(inner, |ct| b.add(ct, inner));
    let lower = b.matrix_transpose(r);
    let right = b.solve_lower(lower, b.matrix_transpose(inner), true);
    share(b.matrix_transpose(right))
}

macro_rules! factors_of_qr {
    ($($Name:ident $name:literal $which:literal;)+) => {$(
        impl Primitive for $Name {
            const KINKS: &'static str = "dependent columns";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                let [_, cols] = tall($name, args[0])?;
                let rank = args[0].rank();
                Ok(if $which == 0 { args[0].clone() } else { args[0].with(rank - 2, cols) })
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                Ok(each(args[0], shape, |a| {
                    let [q, r] = factors(a);
                    if $which == 0 { q } else { r }.data
                }))
            }

            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                if $which == 0 {
                    let r = b.apply(QrR {}.into(), &[at.args[0]]);
                    pull(b, [at.y, r], [Some(ct), None])
                } else {
                    let q = b.apply(QrQ {}.into(), &[at.args[0]]);
                    pull(b, [q, at.y], [None, Some(ct)])
                }
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                distance_from_dependent(args[0])
            }

            fn chooses(&self) -> bool {
                false
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_matrices(from, true))
            }

            fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                tall("", x).ok()?;
                Drawn::alone(Self {})
            }
        }
    )+};
}
factors_of_qr! {
    QrQ "qr_q" 0;
    QrR "qr_r" 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives_qrq() {
        all_derivatives_agree(Kind::QrQ);
    }

    #[test]
    fn derivatives_qrr() {
        all_derivatives_agree(Kind::QrR);
    }
}
