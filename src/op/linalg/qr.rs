//! The reduced QR factorisation of square and tall matrices, with a diagonal of R that is not negative.

use super::matrix::{Matrix, constant, each};
use super::{draw_matrices, sizes};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{QrQ, QrR};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// Turns rows such that what is below the diagonal of `r` becomes zero (Givens), and the columns of `q` with them.
fn triangulate<T: Real>(r: &mut Matrix<T>, q: &mut Matrix<T>) {
    for j in 0..r.cols {
        for i in j + 1..r.rows {
            let (x, y) = (r[[j, j]], r[[i, j]]);
            let length = x.hypot(y);
            if length == T::of(0.0) {
                continue;
            }
            let turn = [x / length, -y / length];
            r.turn_rows([j, i], turn);
            q.turn_columns([j, i], turn);
        }
    }
}

/// Q and R. First of the values alone: that Q is a constant, and only what is left to do from there, close to the identity,
/// carries derivatives and errors.
pub(super) fn factors<T: Real>(a: Matrix<T>) -> [Matrix<T>; 2] {
    let [m, n] = a.sizes();
    let (mut values, mut q) = (a.map(constant), Matrix::identity(m));
    triangulate(&mut values, &mut q);
    for j in 0..n {
        if values[[j, j]] < T::of(0.0) {
            for i in 0..m {
                q[[i, j]] = -q[[i, j]];
            }
        }
    }
    let mut q = q.map(constant).orthonormal();
    let mut r = q.transpose().mul(&a);
    triangulate(&mut r, &mut q);
    [
        Matrix::from_fn([m, n], |i, j| q[[i, j]]),
        Matrix::from_fn([n, n], |i, j| if i <= j { r[[i, j]] } else { T::of(0.0) }),
    ]
}

/// How far the elements of tall matrices may move before columns are dependent, at the least: 1 over the sum of
/// |R^-1 Q^T|.
fn distance_from_dependent(a: &Tensor<f64>) -> f64 {
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
    use super::super::testing::*;
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::QrQ);
        all_derivatives_agree(Kind::QrR);
    }

    /// Numbers by NumPy, with the signs of this convention.
    #[test]
    fn values() {
        let q = [
            [
                0.8888888888888888,
                -0.44779575015219514,
                0.09672388203287416,
            ],
            [0.4444444444444444, 0.7917028862690809, -0.4191368221424547],
            [0.1111111111111111, 0.4155544561412371, 0.9027562323068254],
        ];
        let r = [
            [2.25, 0.6111111111111109, -0.3333333333333333],
            [0.0, 3.4462360931712936, -1.3917491914730222],
            [0.0, 0.0, 1.7893918176081718],
        ];
        close(QrQ {}, &[regular()], q);
        close(QrR {}, &[regular()], r);
        let q = [
            [0.31524416249564013, 0.754788046552227],
            [-0.9457324874869206, 0.3001997912423633],
            [0.07881104062391005, 0.5832453086994484],
        ];
        let r = [
            [3.1721443851123805, 0.2758386421836847],
            [0.0, 2.5345439517748076],
        ];
        close(QrQ {}, &[tall_matrix()], q);
        close(QrR {}, &[tall_matrix()], r);
        close(
            QrR {},
            &[tall_matrix().map(|x| x * 1e-200)],
            r.map(|row| row.map(|x| x * 1e-200)),
        );
        check(QrQ {}, &[[[-2.0]].into()], [[-1.0]].into());
        check(QrR {}, &[[[-2.0]].into()], [[2.0]].into());
        check(
            QrR {},
            &[Tensor::zeros([2, 3, 0])],
            Tensor::zeros([2, 0, 0]),
        );
        check(
            QrQ {},
            &[Tensor::zeros([2, 3, 0])],
            Tensor::zeros([2, 3, 0]),
        );
    }

    #[test]
    fn refused_or_not_smooth() {
        check_refused(
            QrQ {},
            &[&[2, 3]],
            "at least as many rows as columns, found 2 x 3",
        );
        check_refused(QrR {}, &[&[3]], "found shape [3]");
        assert_eq!(QrQ {}.smooth(&[&Tensor::zeros([2, 2])]), 0.0);
        assert_eq!(QrQ {}.smooth(&[&[[2.0], [0.0]].into()]), 2.0);
    }
}
