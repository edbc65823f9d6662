//! Singular values and the pseudoinverse.

use super::eigen::{FURTHER_SWEEPS, half_gap, perturbed, rotation, settle};
use super::elimination::Elimination;
use super::matrix::{Matrix, constant, each, unit_roundoff};
use super::qr::{factors, solve_upper};
use super::{batch_of, draw_matrices, sizes, with_last};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{EighVectors, Pinv, SvdVals};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use std::cmp::Ordering;

/// A power of two that brings `size` near 1, as far as the number's range allows.
fn scaling<T: Real>(size: f64) -> f64 {
    let most = if unit_roundoff::<T>() > 1e-10 {
        120.0
    } else {
        1000.0
    };
    if size > 0.0 && size.is_finite() {
        2f64.powi(-size.log2().round().clamp(-most, most) as i32)
    } else {
        1.0
    }
}

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

/// A V for a constant orthogonal V, such that the columns' values are orthogonal; V; and what is noise beside 1. Jacobi's
/// method from one side, on the values alone. The matrix is multiplied by the factor first.
fn settled<T: Real>(a: &Matrix<T>, factor: f64) -> (Matrix<T>, Matrix<T>, f64) {
    let noise = 2.0 * a.rows as f64 * unit_roundoff::<T>();
    let a = a.map(|x| x * T::of(factor));
    let (mut values, mut v) = (a.map(constant), Matrix::identity(a.cols));
    settle(|| sweep(&mut values, &mut v, noise));
    let v = v.map(constant);
    (a.mul(&v), v, noise)
}

/// With at least as many rows as columns.
fn upright<T: Real>(a: Matrix<T>) -> Matrix<T> {
    if a.rows < a.cols { a.transpose() } else { a }
}

/// The singular values, descending: the roots of the eigenvalues of (A V)^T A V, which is diagonal but for noise.
fn values<T: Real>(a: Matrix<T>) -> Vec<T> {
    let factor = scaling::<T>(a.largest());
    let (u, _, noise) = settled(&upright(a), factor);
    let gram = u.transpose().mul(&u);
    let size = |i: usize| gram[[i, i]].to_f64();
    let squares = perturbed(&gram, |i, j| noise * (size(i) * size(j)).sqrt());
    let back = T::of(1.0 / factor);
    let root = |x: T| match x < T::of(0.0) {
        // the noise of a singular value of 0
        true => T::of(0.0),
        false => x.sqrt() * back,
    };
    let mut values: Vec<T> = squares.into_iter().map(root).collect();
    values.sort_by(|a, b| b.partial_cmp(a).unwrap_or(Ordering::Equal));
    values
}

/// The smallest of a distance, which singular values tell, over all matrices: elements that change by e move the values by
/// sqrt(rows cols) e at most.
fn smallest(a: &Tensor<f64>, distance: impl Fn(&[f64]) -> f64) -> f64 {
    if a.is_empty() {
        return f64::INFINITY;
    }
    let distances = a.matrices().into_iter().map(|a| {
        let distance = distance(&values(Matrix::of(&a))) / (a.len() as f64).sqrt();
        // of NaN nothing is known
        if distance.is_nan() { 0.0 } else { distance }
    });
    distances.fold(f64::INFINITY, f64::min)
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

    /// Half of the smallest gap between singular values, or the smallest of them.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        smallest(args[0], |values| {
            half_gap(values).min(values[values.len() - 1])
        })
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

/// The pseudoinverse of a matrix with at least as many rows as columns. Of independent columns it is (A^T A)^-1 A^T, or
/// the inverse, smooth also where singular values are equal; of others the sum of v_i u_i^T / s_i over the singular values that
/// are not small.
fn pseudoinverse<T: Real>(a: Matrix<T>, rcond: f64) -> Matrix<T> {
    let known = values(a.map(T::to_f64));
    let largest = known.first().copied().unwrap_or(0.0);
    let kept = known.iter().filter(|&&x| x > rcond * largest).count();
    if kept == a.cols && a.rows == a.cols {
        return Elimination::of(a).inverse();
    }
    if kept == a.cols {
        // a constant N that makes the columns of B = A N orthonormal but for noise: P = N (B^T B)^-1 B^T
        let [_, r] = factors(a.map(constant));
        let n = solve_upper(&r, &Matrix::identity(a.cols)).map(constant);
        let b = a.mul(&n);
        let turned = b.transpose();
        return n.mul(&Elimination::of(turned.mul(&b)).solve(&turned));
    }
    let factor = scaling::<T>(largest);
    let (mut u, mut v, noise) = settled(&a, factor);
    for _ in 0..FURTHER_SWEEPS {
        sweep(&mut u, &mut v, noise);
    }
    let mut columns: Vec<(T, usize)> = (0..a.cols)
        .map(|k| (T::dot(&u.column(k), &u.column(k)), k))
        .collect();
    columns.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
    let back = T::of(factor);
    Matrix::from_fn([a.cols, a.rows], |i, j| {
        let terms = columns[..kept]
            .iter()
            .map(|&(square, k)| v[[i, k]] * u[[j, k]] / square);
        T::sum(&terms.collect::<Vec<T>>()) * back
    })
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

    /// How far the smallest singular value is from being dropped. Where one is, there may be others beside it.
    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        smallest(args[0], |values| {
            let (first, last) = (values[0], values[values.len() - 1]);
            ((last - self.rcond * first) / (1.0 + self.rcond)).max(0.0)
        })
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
    use super::super::testing::*;
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::SvdVals);
        all_derivatives_agree(Kind::Pinv);
    }

    fn pinv() -> Pinv {
        Pinv { rcond: 1e-15 }
    }

    /// Numbers by NumPy.
    #[test]
    fn values() {
        let of_regular = [3.8855684123788086, 2.19511932266481, 1.6267480665387644];
        close(SvdVals {}, &[regular()], of_regular);
        let of_tall = [3.2040302025204808, 2.5093207171138103];
        close(SvdVals {}, &[tall_matrix()], of_tall);
        close(
            SvdVals {},
            &[tall_matrix().transpose(&[1, 0]).unwrap()],
            of_tall,
        );
        close(SvdVals {}, &[[[3.0, 0.0], [4.0, 0.0]].into()], [5.0, 0.0]);
        close(
            SvdVals {},
            &[[[0.0, 3e-200], [4e-200, 0.0]].into()],
            [4e-200, 3e-200],
        );
        close(
            SvdVals {},
            &[[[0.0, 3e200], [4e200, 0.0]].into()],
            [4e200, 3e200],
        );
        check(
            SvdVals {},
            &[Tensor::zeros([2, 3, 0])],
            Tensor::zeros([2, 0]),
        );
        check_refused(SvdVals {}, &[&[3]], "svdvals takes matrices");
        let expected = [
            [
                0.07348320038675364,
                -0.30843606478124225,
                0.00483442107807592,
            ],
            [0.29780033840947545, 0.11844331641285968, 0.2301184433164129],
        ];
        close(pinv(), &[tall_matrix()], expected);
        let wide = tall_matrix().transpose(&[1, 0]).unwrap();
        let turned = Tensor::from(expected).transpose(&[1, 0]).unwrap();
        close(pinv(), &[wide], turned);
    }

    #[test]
    fn pseudoinverses_of_lower_rank() {
        let a = || Tensor::from([[1.0, 2.0], [2.0, 4.0], [0.5, 1.0]]);
        let p = [
            [
                0.038095238095238064,
                0.07619047619047613,
                0.019047619047619032,
            ],
            [
                0.07619047619047614,
                0.15238095238095228,
                0.03809523809523807,
            ],
        ];
        close(pinv(), &[a()], p);
        close(pinv(), &[Tensor::zeros([2, 3])], Tensor::zeros([3, 2]));
        check(pinv(), &[Tensor::zeros([2, 0])], Tensor::zeros([0, 2]));
        assert_eq!(pinv().smooth(&[&Tensor::zeros([2, 2])]), 0.0);
        // a singular value that counts as none
        let small = Tensor::from([[2.0, 0.0], [0.0, 0.1]]);
        close(
            Pinv { rcond: 0.1 },
            std::slice::from_ref(&small),
            [[0.5, 0.0], [0.0, 0.0]],
        );
        close(Pinv { rcond: 0.01 }, &[small], [[0.5, 0.0], [0.0, 10.0]]);
        check_refused(Pinv { rcond: NAN }, &[&[2, 2]], "rcond=NaN");
        check_refused(Pinv { rcond: -1.0 }, &[&[2, 2]], "rcond=-1");
    }

    /// Equal singular values are no kink of the pseudoinverse.
    #[test]
    fn the_identity_has_derivatives() {
        let identity = Tensor::from([[1.0, 0.0], [0.0, 1.0]]);
        derivatives_agree(&pinv().into(), &[identity], &mut Random(4));
    }
}
