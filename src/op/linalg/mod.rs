//! Factorisations and what rests on them: of the matrices in the last two axes, over leading axes that are batches.
//!
//! Every kernel is a finite number of arithmetic steps in whatever number the tensor holds; which row is a pivot, when an
//! iteration ends, which sign a vector takes, is decided by values. So the same kernel gives value, tangent, error bound
//! and a record on the scalar tape. Where no result exists (a singular matrix, one that is not positive definite) the
//! elements are NaN.
//!
//! Near such a place, or where eigenvalues meet, there is no derivative to choose: these operations tell the distance
//! ([`Primitive::smooth`](super::Primitive::smooth)), and that there is no convention
//! ([`Primitive::chooses`](super::Primitive::chooses)).

mod cholesky;
mod det;
mod eigen;
mod elimination;
mod function;
mod matrix;
mod qr;
mod singular;
mod solve;
mod triangular;

use super::builder::{Builder, Id};
use super::choices::Choices;
use super::{Concat, Inv, Solve, TriangularSolve, Tril, Triu};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The size of the square matrices in the last two axes.
fn square(op: &str, x: &Shape) -> Result<usize, ShapeError> {
    match **x {
        [.., rows, cols] if rows == cols => Ok(rows),
        _ => shape_error!("{op} takes square matrices in the last two axes, found shape {x}"),
    }
}

/// The sizes of the matrices in the last two axes.
fn sizes(op: &str, x: &Shape) -> Result<[usize; 2], ShapeError> {
    match **x {
        [.., rows, cols] => Ok([rows, cols]),
        _ => shape_error!("{op} takes matrices in the last two axes, found shape {x}"),
    }
}

/// The leading axes.
fn batch_of(x: &[usize]) -> Shape {
    x[..x.len() - 2].into()
}

/// The leading axes with other ones behind them.
fn with_last(batch: &[usize], last: &[usize]) -> Shape {
    batch.iter().chain(last).copied().collect()
}

/// Matrices of sizes 1 to 4 (rarely 0), with up to two leading axes.
fn draw_matrices(from: &mut Choices<'_>, tall: bool) -> Shape {
    let batch: &[usize] = match from.below(12) {
        0..=6 => &[],
        7 | 8 => &[2],
        9 => &[1],
        10 => &[2, 1],
        _ => &[0],
    };
    let cols = *from.pick(&[2, 3, 1, 2, 3, 4, 3, 0]);
    let rows = cols + if tall { *from.pick(&[0, 1, 0, 2]) } else { 0 };
    let shape = with_last(batch, &[rows, cols]);
    if shape.count() > 24 {
        with_last(&[], &[rows, cols])
    } else {
        shape
    }
}

/// What rules of factorisations are written with.
impl<'d> dyn Builder + 'd {
    fn inv(&self, a: Id) -> Id {
        self.apply(Inv {}.into(), &[a])
    }

    fn solve(&self, a: Id, right: Id) -> Id {
        self.apply(Solve {}.into(), &[a, right])
    }

    /// L^-1 b for the lower triangle L of a, or L^-T b.
    fn solve_lower(&self, a: Id, right: Id, transpose: bool) -> Id {
        let op = TriangularSolve {
            lower: true,
            transpose,
            unit_diagonal: false,
        };
        self.apply(op.into(), &[a, right])
    }

    fn tril(&self, x: Id, k: i64) -> Id {
        self.apply(Tril { k }.into(), &[x])
    }

    fn triu(&self, x: Id, k: i64) -> Id {
        self.apply(Triu { k }.into(), &[x])
    }

    fn concat(&self, parts: &[Id], axis: i64) -> Id {
        self.apply(Concat { axis }.into(), parts)
    }

    /// (x + x^T) / 2.
    fn symmetric(&self, x: Id) -> Id {
        self.scale(self.add(x, self.matrix_transpose(x)), 0.5)
    }

    /// One number a matrix, such that it multiplies all of the matrix.
    fn each_matrix(&self, numbers: Id) -> Id {
        self.reshape(numbers, &with_last(&self.shape(numbers), &[1, 1]))
    }

    /// The sum of the products of two tensors' elements, for each matrix.
    fn matrix_dot(&self, a: Id, c: Id) -> Id {
        self.sum(self.mul(a, c), Some(vec![-2, -1]), true)
    }

    /// The vectors in the last axis as rows, to multiply the columns of matrices.
    fn as_rows(&self, vectors: Id) -> Id {
        let shape = self.shape(vectors);
        let (batch, last) = shape.split_at(shape.rank() - 1);
        self.reshape(vectors, &with_last(batch, &[1, last[0]]))
    }
}

/// The rule of an inverse Y: -Y^T ct Y^T.
fn pull_inverse(b: &dyn Builder, y: Id, ct: Id) -> Id {
    let y = b.matrix_transpose(y);
    b.neg(b.matmul(b.matmul(y, ct), y))
}

/// How far the elements of the matrices may move before one of them is singular: 1 over the sum of |A^-1|, because A + E
/// is regular where the spectral radius of |A^-1| |E| is below 1.
fn distance_from_singular(a: &Tensor<f64>) -> f64 {
    if a.is_empty() {
        return f64::INFINITY;
    }
    let distances = a.matrices().into_iter().map(|a| {
        let a = matrix::Matrix::of(&a);
        let inverse = elimination::Elimination::of(a).inverse();
        let sum: f64 = inverse.data.iter().map(|x| x.abs()).sum();
        if sum.is_finite() { 1.0 / sum } else { 0.0 }
    });
    distances.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod testing {
    use crate::op::Op;
    use crate::op::check::evaluate;
    use crate::tensor::Tensor;

    pub(super) const NAN: f64 = f64::NAN;
    pub(super) const INF: f64 = f64::INFINITY;

    /// Positive definite.
    pub(super) fn definite() -> Tensor<f64> {
        [[4.0, -2.0, 1.0], [-2.0, 5.0, 0.5], [1.0, 0.5, 3.0]].into()
    }

    pub(super) fn regular() -> Tensor<f64> {
        [[2.0, -1.0, 0.5], [1.0, 3.0, -2.0], [0.25, 1.5, 1.0]].into()
    }

    pub(super) fn tall_matrix() -> Tensor<f64> {
        [[1.0, 2.0], [-3.0, 0.5], [0.25, 1.5]].into()
    }

    pub(super) fn right() -> Tensor<f64> {
        [[1.0, 2.0], [-1.0, 0.5], [3.0, 0.25]].into()
    }

    /// The value is `expected` but for a few roundings; NaN equals NaN.
    #[track_caller]
    pub(super) fn close(op: impl Into<Op>, args: &[Tensor<f64>], expected: impl Into<Tensor<f64>>) {
        let (y, expected) = (evaluate(&op.into(), args), expected.into());
        let size = 1.0 + expected.max_abs();
        let near =
            |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-14 * size;
        assert!(
            y.shape() == expected.shape() && y.iter().zip(expected.iter()).all(|(a, b)| near(a, b)),
            "found {y:?}, expected {expected:?}"
        );
    }
}
