//! Singular values and the pseudoinverse.

use super::eigen::{half_gap, rotation, settle, settle_derivatives};
use super::matrix::{Matrix, constant, each, unit_roundoff};
use super::qr::{distance_from_dependent, factors, scaling, solve_upper};
use super::{batch_of, draw_matrices, sizes, with_last};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{EighVectors, Pinv, SvdVals};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use std::cmp::Ordering;

/// Turns all pairs of columns of `u` such that they become orthogonal, and those of `v` with them. Returns whether there was
/// anything but noise.
fn sweep<T: Real>(u: &mut Matrix<T>, v: &mut Matrix<T>, noise: f64) -> bool {
    let mut any = false;
    for p in 0..u.cols {
        for q in p + 1..u.cols {
            let (x, y) = (u.column(p), u.column(q));
            let (xx, yy, xy) = (T::dot(&x, &x), T::dot(&y, &y), T::dot(&x, &y));
            let d = yy - xx;
            let [xx, yy, off, gap] = [xx, yy, xy, d].map(|x| x.to_f64().abs());
            let noise = noise * (xx * yy).sqrt();
            any |= off > noise;
            if off <= noise && gap <= 8.0 * noise {
                continue;
            }
            let turn = rotation(d, xy);
            u.turn_columns([p, q], turn);
            v.turn_columns([p, q], turn);
        }
    }
    any
}

/// A V, whose columns are orthogonal and as long as the singular values of A; V; and the singular values, in the order of the
/// columns. Jacobi's method from one side, first on the values alone, as for eigenvalues.
fn decompose<T: Real>(a: Matrix<T>) -> (Matrix<T>, Matrix<T>, Vec<T>) {
    let n = a.cols;
    let factor = scaling(a.largest());
    let noise = 2.0 * a.rows as f64 * unit_roundoff::<T>();
    let a = a.map(|x| x * T::of(factor));
    let (mut values, mut v) = (a.map(constant), Matrix::identity(n));
    settle(|| sweep(&mut values, &mut v, noise));
    let mut v = v.map(constant);
    let mut u = a.mul(&v);
    settle_derivatives(|| sweep(&mut u, &mut v, noise));
    let back = T::of(1.0 / factor);
    let length = |j: usize| {
        let column = u.column(j);
        T::dot(&column, &column).sqrt() * back
    };
    let lengths = (0..n).map(length).collect();
    (u.map(|x| x * back), v, lengths)
}

/// Places in descending order of the numbers there.
fn descending<T: Real>(x: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[j].partial_cmp(&x[i]).unwrap_or(Ordering::Equal));
    order
}

/// With at least as many rows as columns.
fn upright<T: Real>(a: Matrix<T>) -> Matrix<T> {
    if a.rows < a.cols { a.transpose() } else { a }
}

/// The singular values, descending.
fn values<T: Real>(a: Matrix<T>) -> Vec<T> {
    let (_, _, values) = decompose(upright(a));
    let order = descending(&values);
    order.into_iter().map(|i| values[i]).collect()
}

impl Primitive for SvdVals {
    const KINKS: &'static str = "equal singular values, and a smallest one of 0";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let [rows, cols] = sizes("svdvals", args[0])?;
        Ok(with_last(&batch_of(args[0]), &[rows.min(cols)]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, values))
    }

    /// U diag(ct) V^T. The symmetric matrix [[0, A], [A^T, 0]] has the singular values among its eigenvalues, as the largest
    /// of them, and (u, v) / sqrt(2) as their eigenvectors.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let a = at.args[0];
        let shape = b.shape(a);
        let [rows, cols] = sizes("", &shape).expect("the shape rule checked the rank");
        let (batch, rank, count) = (batch_of(&shape), shape.rank(), rows.min(cols));
        let zeros = |n: usize| b.zeros(&with_last(&batch, &[n, n]));
        let upper = b.concat(&[zeros(rows), a], -1);
        let lower = b.concat(&[b.matrix_transpose(a), zeros(cols)], -1);
        let both = b.concat(&[upper, lower], -2);
        let vectors = b.apply(EighVectors {}.into(), &[both]);
        let vectors = b.narrow(vectors, rank - 1, rows + cols - count, count);
        // ascending there, descending here
        let vectors = b.flip(vectors, vec![-1]);
        let u = b.narrow(vectors, rank - 2, 0, rows);
        let v = b.narrow(vectors, rank - 2, rows, cols);
        let scaled = b.mul(b.scale(u, 2.0), b.as_rows(ct));
        share(b.matmul(scaled, b.matrix_transpose(v)))
    }

    /// Half of the smallest gap between singular values, or the smallest of them; elements that change by e move them by
    /// sqrt(rows cols) e at most.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        if args[0].is_empty() {
            return f64::INFINITY;
        }
        let distances = args[0].matrices().into_iter().map(|a| {
            let values = values(Matrix::of(&a));
            let last = values.last().copied().unwrap_or(f64::INFINITY);
            half_gap(&values).min(last) / (a.len() as f64).sqrt()
        });
        distances.fold(f64::INFINITY, f64::min)
    }

    fn chooses(&self) -> bool {
        false
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_any(from))
    }

    fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        sizes("", x).ok()?;
        Drawn::alone(Self {})
    }
}

/// Square, tall and wide matrices.
fn draw_any(from: &mut Choices<'_>) -> Shape {
    let shape = draw_matrices(from, true);
    let [rows, cols] = sizes("", &shape).expect("matrices");
    if from.chance(0.4) {
        with_last(&batch_of(&shape), &[cols, rows])
    } else {
        shape
    }
}

/// The pseudoinverse of a matrix with at least as many rows as columns. Of independent columns it is R^-1 Q^T, which is
/// smooth also where singular values are equal; of others the sum of v_i u_i^T / s_i over the singular values that are not
/// small.
fn pseudoinverse<T: Real>(a: Matrix<T>, rcond: f64) -> Matrix<T> {
    let (_, _, lengths) = decompose(a.map(T::to_f64));
    let largest = lengths.iter().copied().fold(0.0, f64::max);
    let is_kept = |length: &f64| *length > rcond * largest;
    let kept = lengths.iter().filter(|length| is_kept(length)).count();
    if kept == a.cols {
        let [q, r] = factors(a);
        return solve_upper(&r, &q.transpose());
    }
    let [rows, cols] = a.sizes();
    let (w, v, lengths) = decompose(a);
    let order = descending(&lengths);
    let mut sum = Matrix::full([cols, rows], 0.0);
    for &k in &order[..kept] {
        let square = lengths[k] * lengths[k];
        for i in 0..cols {
            for j in 0..rows {
                sum[[i, j]] = sum[[i, j]] + v[[i, k]] * w[[j, k]] / square;
            }
        }
    }
    sum
}

impl Primitive for Pinv {
    const KINKS: &'static str = "matrices without full rank";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let [rows, cols] = sizes("pinv", args[0])?;
        if self.rcond.is_nan() || self.rcond < 0.0 {
            return shape_error!(
                "pinv with rcond={}: expected a number that is not negative",
                self.rcond
            );
        }
        Ok(with_last(&batch_of(args[0]), &[cols, rows]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| {
            if a.rows < a.cols {
                pseudoinverse(a.transpose(), self.rcond).transpose().data
            } else {
                pseudoinverse(a, self.rcond).data
            }
        }))
    }

    /// With P the pseudoinverse: -P^T ct P^T + (I - A P) ct^T P P^T + P^T P ct^T (I - P A), the derivative where the rank does
    /// not change (Golub and Pereyra, *The differentiation of pseudo-inverses*, 1973, eq. 4.12).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let (a, p) = (at.args[0], at.y);
        let (turned, back) = (b.matrix_transpose(p), b.matrix_transpose(ct));
        let main = b.neg(b.matmul(b.matmul(turned, ct), turned));
        let left = b.matmul(b.matmul(back, p), turned);
        let left = b.sub(left, b.matmul(a, b.matmul(p, left)));
        let right = b.matmul(turned, b.matmul(p, back));
        let right = b.sub(right, b.matmul(b.matmul(right, p), a));
        share(b.add(main, b.add(left, right)))
    }

    /// Where the rank is not full, any change makes it larger.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let a = args[0];
        let turn = a.shape()[a.rank() - 2] < a.shape()[a.rank() - 1];
        if !turn {
            return distance_from_dependent(a);
        }
        let mut perm: Vec<usize> = (0..a.rank()).collect();
        perm.swap(a.rank() - 1, a.rank() - 2);
        distance_from_dependent(&a.transpose(&perm).expect("a permutation"))
    }

    fn chooses(&self) -> bool {
        false
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_any(from))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        sizes("", x).ok()?;
        Drawn::alone(Self {
            rcond: *from.pick(&[1e-15, 1e-10, 0.0]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives_svdvals() {
        all_derivatives_agree(Kind::SvdVals);
    }

    #[test]
    fn derivatives_pinv() {
        all_derivatives_agree(Kind::Pinv);
    }
}
