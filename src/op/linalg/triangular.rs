//! Systems of triangular matrices.

use super::draw_matrices;
use super::matrix::Matrix;
use super::solve::{System, draw_right};
use crate::number::Real;
use crate::op::TriangularSolve;
use crate::op::builder::{Builder, Id, Shares, Site};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::tensor::{Shape, ShapeError, Tensor};

impl TriangularSolve {
    /// The solution, one unknown after another; NaN if the diagonal has a zero.
    fn substitute<T: Real>(&self, a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
        let n = a.rows;
        let at = |i: usize, j: usize| if self.transpose { a[[j, i]] } else { a[[i, j]] };
        let singular = !self.unit_diagonal && (0..n).any(|i| at(i, i) == T::of(0.0));
        if singular {
            return Matrix::full(b.sizes(), f64::NAN);
        }
        let first_known = self.lower != self.transpose;
        let mut x = Matrix::full(b.sizes(), 0.0);
        for col in 0..b.cols {
            for step in 0..n {
                let i = if first_known { step } else { n - 1 - step };
                let known = if first_known { 0..i } else { i + 1..n };
                let row: Vec<T> = known.clone().map(|j| at(i, j)).collect();
                let found: Vec<T> = known.map(|j| x[[j, col]]).collect();
                let rest = b[[i, col]] - T::dot(&row, &found);
                x[[i, col]] = if self.unit_diagonal {
                    rest
                } else {
                    rest / at(i, i)
                };
            }
        }
        x
    }
}

impl Primitive for TriangularSolve {
    const KINKS: &'static str = "a 0 on the diagonal";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(System::of("triangular_solve", args[0], args[1])?.result())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let system = System::checked(args[0].shape(), args[1].shape());
        Ok(system.each([args[0], args[1]], |a, b| self.substitute(&a, &b)))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let system = System::checked(&b.shape(at.args[0]), &b.shape(at.args[1]));
        let back = Self {
            transpose: !self.transpose,
            ..self.clone()
        };
        let place = |right: Id, x: Id| {
            let (left, right) = if self.transpose {
                (x, right)
            } else {
                (right, x)
            };
            let whole = b.matmul(left, b.matrix_transpose(right));
            let off = i64::from(self.unit_diagonal);
            if self.lower {
                b.tril(whole, -off)
            } else {
                b.triu(whole, off)
            }
        };
        system.pull(
            b,
            at,
            ct,
            |ct| b.apply(back.clone().into(), &[at.args[0], ct]),
            place,
        )
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        if self.unit_diagonal || args[0].is_empty() {
            return f64::INFINITY;
        }
        let diagonal = args[0].diagonal_view(0);
        diagonal.iter().map(f64::abs).fold(f64::INFINITY, f64::min)
    }

    fn chooses(&self) -> bool {
        false
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let right = draw_right(from, x)?;
        let op = Self {
            lower: from.chance(0.5),
            transpose: from.chance(0.5),
            unit_diagonal: from.chance(0.3),
        };
        Drawn::with(op, [right])
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
        all_derivatives_agree(Kind::TriangularSolve);
    }

    /// Numbers by SciPy.
    #[test]
    fn values() {
        #[track_caller]
        fn row(flags: [bool; 3], expected: [[f64; 2]; 3]) {
            let [lower, transpose, unit_diagonal] = flags;
            let op = TriangularSolve {
                lower,
                transpose,
                unit_diagonal,
            };
            close(op, &[regular(), right()], expected);
        }
        let (sixth, third) = (1.0 / 6.0, 1.0 / 3.0);
        row(
            [true, false, false],
            [[0.5, 1.0], [-0.5, -sixth], [3.625, 0.25]],
        );
        row([true, false, true], [[1.0, 2.0], [-2.0, -1.5], [5.75, 2.0]]);
        row(
            [true, true, false],
            [
                [1.0416666666666665, 0.9479166666666666],
                [-1.8333333333333333, 0.041666666666666664],
                [3.0, 0.25],
            ],
        );
        row(
            [true, true, true],
            [[5.75, 1.8125], [-5.5, 0.125], [3.0, 0.25]],
        );
        row(
            [false, false, false],
            [
                [0.5833333333333333, 1.1041666666666667],
                [1.6666666666666665, third],
                [3.0, 0.25],
            ],
        );
        row(
            [false, false, true],
            [[4.5, 2.875], [5.0, 1.0], [3.0, 0.25]],
        );
        row(
            [false, true, false],
            [[0.5, 1.0], [-sixth, 0.5], [2.416666666666667, 0.75]],
        );
        row([false, true, true], [[1.0, 2.0], [0.0, 2.5], [2.5, 4.25]]);
    }

    #[test]
    fn what_is_not_read_may_be_anything() {
        let lower = |unit_diagonal| TriangularSolve {
            lower: true,
            transpose: false,
            unit_diagonal,
        };
        let b = || Tensor::from([4.0, 6.0]);
        let a = || Tensor::from([[2.0, NAN], [1.0, 4.0]]);
        close(lower(false), &[a(), b()], [2.0, 1.0]);
        let ct = Tensor::from([1.0, 1.0]);
        let shares = [[[-0.75, 0.0], [-0.5, -0.25]].into(), [0.375, 0.25].into()];
        check_pull(lower(false), &[a(), b()], ct.clone(), &shares);
        let unit = || Tensor::from([[NAN, NAN], [1.0, NAN]]);
        close(lower(true), &[unit(), b()], [4.0, 2.0]);
        let shares = [[[0.0, 0.0], [-4.0, 0.0]].into(), [0.0, 1.0].into()];
        check_pull(lower(true), &[unit(), b()], ct, &shares);
        let singular = Tensor::from([[2.0, 0.0], [1.0, 0.0]]);
        close(lower(false), &[singular.clone(), b()], [NAN; 2]);
        assert_eq!(lower(false).smooth(&[&singular, &b()]), 0.0);
        assert_eq!(lower(true).smooth(&[&singular, &b()]), INF);
    }

    #[test]
    fn refused() {
        let op = || TriangularSolve {
            lower: true,
            transpose: false,
            unit_diagonal: false,
        };
        check_refused(op(), &[&[2, 3], &[2]], "square matrices");
        check_refused(
            op(),
            &[&[2, 2], &[3, 1]],
            "have 2 rows, the right side has 3",
        );
    }
}
