//! Eigenvalues and eigenvectors of symmetric matrices.

use super::matrix::{Matrix, constant, each, unit_roundoff};
use super::{draw_matrices, square};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{EigValsH, EighValues, EighVectors};
use crate::tensor::{Shape, ShapeError, Tensor};
use std::cmp::Ordering;

/// Sweeps after which an iteration ends in any case; six are usual.
const MOST_SWEEPS: usize = 40;

/// Sweeps with derivatives, from where the values have settled: each settles one order more.
pub(super) const FURTHER_SWEEPS: usize = 3;

/// The rotation (c, s) that makes two things orthogonal whose squares differ by `d` and whose product is `x`.
///
/// Its tangent 2 x / (d +- sqrt(d^2 + 4 x^2)) is the smaller one, smooth also where x is 0 and d is not.
pub(super) fn rotation<T: Real>(d: T, x: T) -> [T; 2] {
    let (one, twice) = (T::of(1.0), x + x);
    let root = d.hypot(twice);
    let t = if d < T::of(0.0) {
        -twice / (root - d)
    } else {
        twice / (root + d)
    };
    let c = one / one.hypot(t);
    [c, t * c]
}

/// Runs `sweep` until it tells that nothing was left to do.
pub(super) fn settle(mut sweep: impl FnMut() -> bool) {
    for _ in 0..MOST_SWEEPS {
        if !sweep() {
            break;
        }
    }
}

/// Turns all pairs of rows and columns of a symmetric matrix such that they become orthogonal, and the columns of `v` with
/// them. Two equal eigenvalues are left as they are found. Returns whether there was anything but noise.
fn sweep<T: Real>(a: &mut Matrix<T>, v: &mut Matrix<T>, noise: f64) -> bool {
    let mut any = false;
    for p in 0..a.rows {
        for q in p + 1..a.rows {
            let (x, d) = (a[[p, q]], a[[q, q]] - a[[p, p]]);
            let sizes = [x, d].map(|x| x.to_f64().abs());
            any |= sizes[0] > noise;
            if sizes[0] <= noise && sizes[1] <= 8.0 * noise {
                continue;
            }
            let turn = rotation(d, x);
            a.turn_columns([p, q], turn);
            a.turn_rows([p, q], turn);
            a[[q, p]] = a[[p, q]];
            v.turn_columns([p, q], turn);
        }
    }
    any
}

/// A symmetric matrix in a basis where its values are diagonal but for noise.
struct Settled<T> {
    /// V^T A V.
    a: Matrix<T>,
    /// The basis: constants.
    v: Matrix<T>,
    noise: f64,
}

/// Jacobi's method, cyclic by rows, on the values alone. What they settle at is a constant orthogonal matrix, and only what
/// is left to do from there, close to the identity, carries derivatives and errors.
fn settled<T: Real>(a: &Matrix<T>) -> Settled<T> {
    let n = a.rows;
    let noise = 2.0 * n as f64 * unit_roundoff::<T>() * a.largest();
    let (mut values, mut v) = (a.map(constant), Matrix::identity(n));
    settle(|| sweep(&mut values, &mut v, noise));
    let v = v.map(constant).orthonormal();
    let a = v.transpose().mul(a).mul(&v).symmetric();
    Settled { a, v, noise }
}

/// The eigenvalues of a symmetric matrix whose values are diagonal but for noise, by perturbation: what is off the diagonal
/// adds x_j a_ij + sum over k of x_j x_k a_jk, x_j = a_ij / (a_ii - a_jj), and terms of the fourth order. So three
/// derivatives are exact. A pair whose elements and difference are at most `noise` and 8 times it counts as equal.
pub(super) fn perturbed<T: Real>(a: &Matrix<T>, noise: impl Fn(usize, usize) -> f64) -> Vec<T> {
    let n = a.rows;
    let value = |i: usize| {
        let mut x: Vec<(usize, T)> = Vec::new();
        for j in (0..n).filter(|&j| j != i) {
            let d = a[[i, i]] - a[[j, j]];
            let [off, gap] = [a[[i, j]], d].map(|x| x.to_f64().abs());
            if off > noise(i, j) || gap > 8.0 * noise(i, j) {
                x.push((j, a[[i, j]] / d));
            }
        }
        let mut terms = vec![a[[i, i]]];
        for (place, &(j, x_j)) in x.iter().enumerate() {
            terms.push(x_j * a[[i, j]]);
            for &(k, x_k) in &x[..place] {
                terms.push(T::of(2.0) * x_j * x_k * a[[j, k]]);
            }
        }
        T::sum(&terms)
    };
    (0..n).map(value).collect()
}

/// The eigenvalues of a symmetric matrix, ascending.
fn eigenvalues<T: Real>(a: &Matrix<T>) -> Vec<T> {
    let Settled { a, noise, .. } = settled(a);
    let mut values = perturbed(&a, |_, _| noise);
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    values
}

/// The eigenvectors of a symmetric matrix, as columns in the order of the eigenvalues. Of each, the first component that
/// is at least [`NOT_SMALL`] times the largest is positive.
fn eigenvectors<T: Real>(a: &Matrix<T>) -> Matrix<T> {
    let Settled {
        mut a,
        mut v,
        noise,
    } = settled(a);
    for _ in 0..FURTHER_SWEEPS {
        sweep(&mut a, &mut v, noise);
    }
    let n = a.rows;
    let mut order: Vec<usize> = (0..n).collect();
    let value = |i: usize| a[[i, i]];
    order.sort_by(|&i, &j| value(i).partial_cmp(&value(j)).unwrap_or(Ordering::Equal));
    let signed: Vec<Vec<T>> = order.iter().map(|&j| with_sign(v.column(j))).collect();
    Matrix::from_fn([n, n], |i, j| signed[j][i])
}

/// A component that has this share of the largest one is not small. It is no ratio that components often have: where two
/// of them are equal but for rounding, as in (1, -1), the first of them decides in every arithmetic.
const NOT_SMALL: f64 = 0.6;

/// The place of the first component that is not small.
fn leading<T: Real>(v: &[T]) -> Option<usize> {
    let size = |x: &T| x.to_f64().abs();
    let largest = v.iter().map(size).fold(0.0, f64::max);
    v.iter().position(|x| size(x) >= NOT_SMALL * largest)
}

fn with_sign<T: Real>(v: Vec<T>) -> Vec<T> {
    match leading(&v) {
        Some(i) if v[i] < T::of(0.0) => v.into_iter().map(|x| -x).collect(),
        _ => v,
    }
}

/// Half of the smallest difference of neighbours.
pub(super) fn half_gap<T: Real>(sorted: &[T]) -> f64 {
    let gap = |w: &[T]| 0.5 * (w[1].to_f64() - w[0].to_f64()).abs();
    sorted.windows(2).map(gap).fold(f64::INFINITY, f64::min)
}

/// The smallest of a distance over all matrices.
fn smallest(a: &Tensor<f64>, distance: impl Fn(&Matrix<f64>) -> f64) -> f64 {
    if a.is_empty() {
        return f64::INFINITY;
    }
    let distances = a.matrices().into_iter().map(|a| {
        // a change of elements by e moves eigenvalues by n e at most; of NaN nothing is known
        let distance = distance(&Matrix::of(&a).symmetric()) / a.shape()[0] as f64;
        if distance.is_nan() { 0.0 } else { distance }
    });
    distances.fold(f64::INFINITY, f64::min)
}

/// How far from a change of its sign a vector is, in its largest component.
fn sign_margin(v: &[f64]) -> f64 {
    let largest = v.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let until = leading(v).map_or(0, |i| i + 1);
    let margins = v[..until]
        .iter()
        .map(|x| (x.abs() - NOT_SMALL * largest).abs());
    margins.fold(f64::INFINITY, f64::min)
}

macro_rules! eigenvalues {
    ($($Name:ident $name:literal;)+) => {$(
        impl Primitive for $Name {
            const KINKS: &'static str = "equal eigenvalues";

            fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
                square($name, args[0])?;
                Ok(args[0][..args[0].rank() - 1].into())
            }

            fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
                Ok(each(args[0], shape, |a| eigenvalues(&a.symmetric())))
            }

            /// V diag(ct) V^T.
            fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
                let v = b.apply(EighVectors {}.into(), &[at.args[0]]);
                let scaled = b.mul(v, b.as_rows(ct));
                share(b.symmetric(b.matmul(scaled, b.matrix_transpose(v))))
            }

            fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
                smallest(args[0], |a| half_gap(&eigenvalues(a)))
            }

            fn chooses(&self) -> bool {
                false
            }

            fn first(from: &mut Choices<'_>) -> Option<Shape> {
                Some(draw_matrices(from, false))
            }

            fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
                square("", x).ok()?;
                Drawn::alone(Self {})
            }
        }
    )+};
}
eigenvalues! {
    EigValsH "eigvalsh";
    EighValues "eigh_values";
}

impl Primitive for EighVectors {
    const KINKS: &'static str =
        "equal eigenvalues, and vectors whose sign two elements could settle";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("eigh_vectors", args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| eigenvectors(&a.symmetric()).data))
    }

    /// V (F o V^T ct) V^T, its symmetric part, where F is 1 / (l_j - l_i), and 0 where that is no number.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let l = b.as_rows(b.apply(EighValues {}.into(), &[at.args[0]]));
        let gaps = b.sub(l, b.matrix_transpose(l));
        let equal = b.eq(gaps, b.constant(0.0));
        let one = b.constant(1.0);
        let inverse = b.div(b.sub(one, equal), b.add(gaps, equal));
        let turned = b.matrix_transpose(at.y);
        let middle = b.strong_mul(b.matmul(turned, ct), inverse);
        share(b.symmetric(b.matmul(b.matmul(at.y, middle), turned)))
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        smallest(args[0], |a| {
            let vectors = eigenvectors(a);
            let margin = (0..a.rows).map(|j| sign_margin(&vectors.column(j)));
            half_gap(&eigenvalues(a)) * margin.fold(1.0, f64::min)
        })
    }

    fn chooses(&self) -> bool {
        false
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        square("", x).ok()?;
        Drawn::alone(Self {})
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
        all_derivatives_agree(Kind::EigValsH);
        all_derivatives_agree(Kind::EighValues);
        all_derivatives_agree(Kind::EighVectors);
    }

    /// Numbers by NumPy, with the signs of this convention.
    #[test]
    fn values() {
        let values = [1.5842066930926233, 3.8393364524664815, 6.576456854440895];
        close(EigValsH {}, &[definite()], values);
        close(EighValues {}, &[definite()], values);
        let vectors = [
            [0.6382426181957048, 0.44533948495376596, -0.627948328654361],
            [0.4636576525895959, 0.42878211266156024, 0.7753499087873772],
            [
                -0.6145469400410328,
                0.7860144038136984,
                -0.06718195802147703,
            ],
        ];
        // the leading components: the first, the third, and the first, which makes the last vector change its sign
        let signed = vectors.map(|[x, y, z]| [x, y, -z]);
        close(EighVectors {}, &[definite()], signed);
        // only the symmetric part is read
        close(EigValsH {}, &[[[2.0, 2.0], [0.0, 2.0]].into()], [1.0, 3.0]);
        let h = 0.5f64.sqrt();
        close(
            EighVectors {},
            &[[[2.0, 2.0], [0.0, 2.0]].into()],
            [[h, h], [-h, h]],
        );
        let equal = Tensor::from([[3.0, 0.0], [0.0, 3.0]]);
        close(EigValsH {}, std::slice::from_ref(&equal), [3.0, 3.0]);
        assert_eq!(EigValsH {}.smooth(&[&equal]), 0.0);
        assert_eq!(EigValsH {}.smooth(&[&[[3.0, 0.0], [0.0, 1.0]].into()]), 0.5);
        close(
            EigValsH {},
            &[[[0.0, 1e200], [1e200, 0.0]].into()],
            [-1e200, 1e200],
        );
        close(EigValsH {}, &[[[0.0, NAN], [NAN, 0.0]].into()], [NAN, NAN]);
        check(
            EigValsH {},
            &[Tensor::zeros([2, 0, 0])],
            Tensor::zeros([2, 0]),
        );
        check(
            EighVectors {},
            &[Tensor::zeros([0, 0])],
            Tensor::zeros([0, 0]),
        );
        check_refused(EigValsH {}, &[&[2, 3]], "eigvalsh takes square matrices");
        check_refused(
            EighVectors {},
            &[&[2]],
            "eigh_vectors takes square matrices",
        );
    }

    /// A large matrix with known eigenvalues: the discrete Laplacian.
    #[test]
    fn many_rows() {
        let n = 40;
        let a = Tensor::from_fn([n, n], |k| match (k / n).abs_diff(k % n) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        });
        let angle = |k: usize| (k as f64 + 1.0) * std::f64::consts::PI / (n as f64 + 1.0);
        close(
            EigValsH {},
            &[a],
            Tensor::from_fn([n], |k| 2.0 - 2.0 * angle(k).cos()),
        );
    }
}
