//! Gaussian elimination with complete pivoting, and what is read from it: solutions, determinant, adjugate.
//!
//! P A Q = L U, where the pivot is always the largest element that is left, so that no multiplier exceeds 1. The
//! elimination stops where all that is left is zero in value. Such a block cannot be divided by, but it may carry
//! derivatives: its determinant and its adjugate are computed without dividing by its elements, and so the determinant of
//! a singular matrix is right to every order of differentiation.

use super::matrix::Matrix;
use crate::number::Real;

/// P A Q = L U for a square A.
pub(super) struct Elimination<T> {
    /// Multipliers below the diagonal, U on and above it; behind `rank` pivots, the block of zeros.
    lu: Matrix<T>,
    /// Row i here is row `rows[i]` of A.
    rows: Vec<usize>,
    /// Column j here is column `cols[j]` of A.
    cols: Vec<usize>,
    /// Whether the two permutations together are odd.
    odd: bool,
    /// The number of pivots.
    rank: usize,
}

impl<T: Real> Elimination<T> {
    pub(super) fn of(a: Matrix<T>) -> Self {
        let n = a.rows;
        let mut e = Self {
            lu: a,
            rows: (0..n).collect(),
            cols: (0..n).collect(),
            odd: false,
            rank: 0,
        };
        while let Some([row, col]) = e.largest_left() {
            let k = e.rank;
            if row != k {
                e.lu.swap_rows(row, k);
                e.rows.swap(row, k);
                e.odd = !e.odd;
            }
            if col != k {
                e.lu.swap_columns(col, k);
                e.cols.swap(col, k);
                e.odd = !e.odd;
            }
            let pivot = e.lu[[k, k]];
            for i in k + 1..n {
                let multiplier = e.lu[[i, k]] / pivot;
                e.lu[[i, k]] = multiplier;
                for j in k + 1..n {
                    e.lu[[i, j]] = e.lu[[i, j]] - multiplier * e.lu[[k, j]];
                }
            }
            e.rank += 1;
        }
        e
    }

    /// The place of the largest element that is left; none if all are zero (or NaN).
    fn largest_left(&self) -> Option<[usize; 2]> {
        let (mut place, mut largest) = (None, 0.0);
        for i in self.rank..self.lu.rows {
            for j in self.rank..self.lu.cols {
                let size = self.lu[[i, j]].to_f64().abs();
                if size > largest {
                    (place, largest) = (Some([i, j]), size);
                }
            }
        }
        place
    }

    fn n(&self) -> usize {
        self.lu.rows
    }

    /// The block that no pivot was found in.
    fn left(&self) -> Matrix<T> {
        let (r, k) = (self.rank, self.n() - self.rank);
        Matrix::from_fn([k, k], |i, j| self.lu[[r + i, r + j]])
    }

    fn pivots(&self) -> impl Iterator<Item = T> + '_ {
        (0..self.rank).map(|k| self.lu[[k, k]])
    }

    fn signed(&self, x: T) -> T {
        if self.odd { -x } else { x }
    }

    /// det A.
    pub(super) fn determinant(&self) -> T {
        let (rest, _) = undivided(&self.left());
        self.signed(self.pivots().chain([rest]).fold(T::of(1.0), |p, x| p * x))
    }

    /// log |det A|.
    pub(super) fn log_determinant(&self) -> T {
        let mut logs: Vec<T> = self.pivots().map(|p| p.abs().log()).collect();
        if self.rank < self.n() {
            logs.push(undivided(&self.left()).0.abs().log());
        }
        T::sum(&logs)
    }

    /// A^-1 b; NaN if A is singular.
    pub(super) fn solve(&self, b: &Matrix<T>) -> Matrix<T> {
        let n = self.n();
        if self.rank < n {
            return Matrix::full(b.sizes(), f64::NAN);
        }
        let mut x = Matrix::full(b.sizes(), 0.0);
        for col in 0..b.cols {
            let mut z: Vec<T> = self.rows.iter().map(|&i| b[[i, col]]).collect();
            for i in 1..n {
                z[i] = z[i] - T::dot(&self.lu.row(i)[..i], &z[..i]);
            }
            for i in (0..n).rev() {
                let known = T::dot(&self.lu.row(i)[i + 1..], &z[i + 1..]);
                z[i] = (z[i] - known) / self.lu[[i, i]];
            }
            for (z, &j) in z.into_iter().zip(&self.cols) {
                x[[j, col]] = z;
            }
        }
        x
    }

    /// A^-1; NaN if A is singular.
    pub(super) fn inverse(&self) -> Matrix<T> {
        self.solve(&Matrix::identity(self.n()))
    }

    /// The adjugate of A: its element (j, i) is the derivative of det A by element (i, j) of A.
    ///
    /// adj(A) = det(P) det(Q) Q adj(U) L^-1 P. With U in blocks [V, B; 0, S], S the block of zeros,
    /// adj(U) = [det(S) adj(V), -adj(V) B adj(S); 0, det(V) adj(S)].
    pub(super) fn adjugate(&self) -> Matrix<T> {
        let (n, r) = (self.n(), self.rank);
        let (det_s, adj_s) = undivided(&self.left());
        let (det_v, adj_v) = self.adjugate_of_triangle();
        let b = Matrix::from_fn([r, n - r], |i, j| self.lu[[i, r + j]]);
        let corner = adj_v.mul(&b).mul(&adj_s);
        let mut adj = Matrix::from_fn([n, n], |i, j| match (i < r, j < r) {
            (true, true) => det_s * adj_v[[i, j]],
            (true, false) => -corner[[i, j - r]],
            (false, true) => T::of(0.0),
            (false, false) => det_v * adj_s[[i - r, j - r]],
        });
        // times L^-1 from the right, the last column first
        for j in (0..r).rev() {
            let below: Vec<T> = (j + 1..n).map(|i| self.lu[[i, j]]).collect();
            for i in 0..n {
                let known = T::dot(&adj.row(i)[j + 1..], &below);
                adj[[i, j]] = adj[[i, j]] - known;
            }
        }
        let mut turned = Matrix::full([n, n], 0.0);
        for i in 0..n {
            for j in 0..n {
                turned[[self.cols[i], self.rows[j]]] = self.signed(adj[[i, j]]);
            }
        }
        turned
    }

    /// det V and adj V of the triangle V of the pivots, by adj([W, u; 0, s]) = [s adj(W), -adj(W) u; 0, det(W)].
    fn adjugate_of_triangle(&self) -> (T, Matrix<T>) {
        let r = self.rank;
        let mut adj = Matrix::full([r, r], 0.0);
        let mut det = T::of(1.0);
        for k in 0..r {
            let s = self.lu[[k, k]];
            let u: Vec<T> = (0..k).map(|i| self.lu[[i, k]]).collect();
            for i in 0..k {
                let last = T::dot(&adj.row(i)[i..k], &u[i..]);
                for j in i..k {
                    adj[[i, j]] = adj[[i, j]] * s;
                }
                adj[[i, k]] = -last;
            }
            adj[[k, k]] = det;
            det = det * s;
        }
        (det, adj)
    }
}

/// Blocks of zeros larger than this are zeros for good: their determinant has no derivative of this order other than 0, and
/// no number carries derivatives of a higher one.
const LARGEST_BLOCK: usize = 9;

/// Determinant and adjugate of a block whose values are zeros, without dividing by elements (Faddeev and Le Verrier):
/// M = I, and for k = 1 .. n, c = -tr(S M) / k, M <- S M + c I; the last c is +-det S, the last M but one +-adj S.
fn undivided<T: Real>(s: &Matrix<T>) -> (T, Matrix<T>) {
    let n = s.rows;
    if n > LARGEST_BLOCK {
        let sum = T::sum(&s.data).detach();
        return (sum, Matrix::from_fn([n, n], |_, _| sum));
    }
    let mut m = Matrix::identity(n);
    for k in 1..=n {
        let product = s.mul(&m);
        let diagonal: Vec<T> = (0..n).map(|i| product[[i, i]]).collect();
        let c = -(T::sum(&diagonal) / T::of(k as f64));
        if k == n {
            return if n.is_multiple_of(2) {
                (c, m.map(|x| -x))
            } else {
                (-c, m)
            };
        }
        m = product;
        for i in 0..n {
            m[[i, i]] = m[[i, i]] + c;
        }
    }
    (T::of(1.0), m)
}
