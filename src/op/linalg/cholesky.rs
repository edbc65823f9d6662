//! The Cholesky factor.

use super::matrix::{Matrix, each};
use super::{distance_from_singular, draw_matrices, square};
use crate::number::Real;
use crate::op::Cholesky;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{Domain, DomainError, Primitive};
use crate::tensor::{Shape, ShapeError, Tensor};

/// L with L L^T = a, row by row; NaN if a is not positive definite.
fn factor<T: Real>(a: &Matrix<T>) -> Matrix<T> {
    let n = a.rows;
    let mut l = Matrix::full([n, n], 0.0);
    for i in 0..n {
        for j in 0..=i {
            let rest = a[[i, j]] - T::dot(&l.row(i)[..j], &l.row(j)[..j]);
            if i > j {
                l[[i, j]] = rest / l[[j, j]];
            } else if rest > T::of(0.0) {
                l[[i, i]] = rest.sqrt();
            } else {
                return Matrix::full([n, n], f64::NAN);
            }
        }
    }
    l
}

impl Primitive for Cholesky {
    const KINKS: &'static str = "singular matrices";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("cholesky", args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| {
            let l = factor(&a.symmetric());
            if self.lower { l } else { l.transpose() }.data
        }))
    }

    /// L^-T F(L^T ct) L^-1, its symmetric part, where F takes the lower triangle and half of the diagonal (Murray,
    /// *Differentiation of the Cholesky decomposition*, arXiv:1602.07527, eq. 10).
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let lower = |x: Id| if self.lower { x } else { b.matrix_transpose(x) };
        let (l, ct) = (lower(at.y), lower(ct));
        let n = square("", &b.shape(l)).expect("the shape rule checked the sizes");
        let half = Tensor::from_fn([n, n], |k| if k / n == k % n { 0.5 } else { 1.0 });
        let product = b.matmul(b.matrix_transpose(l), ct);
        let middle = b.mul(b.tril(product, 0), b.literal(half));
        let left = b.solve_lower(l, middle, true);
        let both = b.solve_lower(l, b.matrix_transpose(left), true);
        share(b.symmetric(both))
    }

    /// The distance from the nearest singular matrix; nothing lies between that and those which are not definite.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        let symmetric = each(args[0], args[0].shape(), |a| a.symmetric().data);
        distance_from_singular(&symmetric)
    }

    fn chooses(&self) -> bool {
        false
    }

    fn domain(&self, _: usize) -> Domain {
        Domain::Definite
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        square("", x).ok()?;
        Drawn::alone(Self {
            lower: from.chance(0.6),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::Cholesky);
    }

    fn op(lower: bool) -> Cholesky {
        Cholesky { lower }
    }

    #[test]
    fn values() {
        let l = [
            [2.0, 0.0, 0.0],
            [-1.0, 2.0, 0.0],
            [0.5, 0.5, 1.5811388300841898],
        ];
        close(op(true), &[definite()], l);
        let upper = [
            [2.0, -1.0, 0.5],
            [0.0, 2.0, 0.5],
            [0.0, 0.0, 1.5811388300841898],
        ];
        close(op(false), &[definite()], upper);
        // only the symmetric part is read
        let turned = [[4.0, -4.0], [0.0, 5.0]];
        close(op(true), &[turned.into()], [[2.0, 0.0], [-1.0, 2.0]]);
        check(
            op(true),
            &[Tensor::zeros([2, 0, 0])],
            Tensor::zeros([2, 0, 0]),
        );
    }

    #[test]
    fn no_factor() {
        for a in [
            [[1.0, 2.0], [2.0, 1.0]],
            [[1.0, 1.0], [1.0, 1.0]],
            [[NAN, 0.0], [0.0, 1.0]],
        ] {
            close(op(true), &[a.into()], [[NAN; 2]; 2]);
        }
        assert_eq!(op(true).smooth(&[&[[1.0, 1.0], [1.0, 1.0]].into()]), 0.0);
        check_refused(op(true), &[&[3, 2]], "square matrices");
    }

    /// L = sqrt(a) and the derivative 1 / (2 L); of the symmetric part, whatever the cotangent says above the diagonal.
    #[test]
    fn derivatives_are_symmetric() {
        check_pull(
            op(true),
            &[[[4.0]].into()],
            [[1.0]].into(),
            &[[[0.25]].into()],
        );
        let ct = [[0.0, 7.0], [1.0, 0.0]];
        let expected = [[-0.125, 0.25], [0.25, 0.0]];
        check_pull(
            op(true),
            &[[[4.0, 2.0], [2.0, 5.0]].into()],
            ct.into(),
            &[expected.into()],
        );
    }
}
