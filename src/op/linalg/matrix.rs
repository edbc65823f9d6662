//! The workspace of the kernels: one matrix, whose elements can be changed.

use crate::number::Real;
use crate::op::product::multiply;
use crate::tensor::{Shape, Tensor};
use std::ops::{Index, IndexMut};

/// A matrix, row by row.
#[derive(Clone, Debug)]
pub(super) struct Matrix<T> {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) data: Vec<T>,
}

impl<T> Index<[usize; 2]> for Matrix<T> {
    type Output = T;
    fn index(&self, [i, j]: [usize; 2]) -> &T {
        &self.data[i * self.cols + j]
    }
}

impl<T> IndexMut<[usize; 2]> for Matrix<T> {
    fn index_mut(&mut self, [i, j]: [usize; 2]) -> &mut T {
        &mut self.data[i * self.cols + j]
    }
}

impl<T: Real> Matrix<T> {
    /// Of a tensor of rank 2.
    pub(super) fn of(x: &Tensor<T>) -> Self {
        Self {
            rows: x.shape()[0],
            cols: x.shape()[1],
            data: x.to_vec(),
        }
    }

    pub(super) fn from_fn([rows, cols]: [usize; 2], mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(rows * cols);
        for i in 0..rows {
            for j in 0..cols {
                data.push(f(i, j));
            }
        }
        Self { rows, cols, data }
    }

    pub(super) fn full(sizes: [usize; 2], x: f64) -> Self {
        Self::from_fn(sizes, |_, _| T::of(x))
    }

    pub(super) fn identity(n: usize) -> Self {
        Self::from_fn([n, n], |i, j| T::of(if i == j { 1.0 } else { 0.0 }))
    }

    pub(super) fn sizes(&self) -> [usize; 2] {
        [self.rows, self.cols]
    }

    pub(super) fn row(&self, i: usize) -> &[T] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    pub(super) fn column(&self, j: usize) -> Vec<T> {
        (0..self.rows).map(|i| self[[i, j]]).collect()
    }

    pub(super) fn transpose(&self) -> Self {
        Self::from_fn([self.cols, self.rows], |i, j| self[[j, i]])
    }

    pub(super) fn map<U: Real>(&self, f: impl FnMut(T) -> U) -> Matrix<U> {
        Matrix {
            rows: self.rows,
            cols: self.cols,
            data: self.data.iter().copied().map(f).collect(),
        }
    }

    /// (a + a^T) / 2.
    pub(super) fn symmetric(&self) -> Self {
        let half = T::of(0.5);
        Self::from_fn(self.sizes(), |i, j| match i == j {
            true => self[[i, j]],
            false => half * (self[[i, j]] + self[[j, i]]),
        })
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let tensor = |x: &Self| Tensor::raw([x.rows, x.cols].into(), x.data.clone());
        let dims = [self.rows, self.cols, other.cols];
        Self::of(&multiply(&tensor(self), &tensor(other), dims))
    }

    /// The nearest matrix of orthonormal columns, of one whose columns are orthonormal but for rounding: V (3 - V^T V) / 2
    /// (Björck and Bowie, *An iterative algorithm for computing the best estimate of an orthogonal matrix*, 1971). Its elements
    /// know their errors, as constants do not.
    pub(super) fn orthonormal(&self) -> Self {
        let square = self.transpose().mul(self);
        let half = Self::from_fn(square.sizes(), |i, j| {
            let three = T::of(if i == j { 3.0 } else { 0.0 });
            T::of(0.5) * (three - square[[i, j]])
        });
        self.mul(&half)
    }

    /// The largest magnitude among the values; NaN is passed over.
    pub(super) fn largest(&self) -> f64 {
        let sizes = self.data.iter().map(|x| x.to_f64().abs());
        sizes.fold(0.0, f64::max)
    }

    pub(super) fn swap_rows(&mut self, i: usize, k: usize) {
        for j in 0..self.cols {
            self.data.swap(i * self.cols + j, k * self.cols + j);
        }
    }

    pub(super) fn swap_columns(&mut self, i: usize, k: usize) {
        for row in 0..self.rows {
            self.data.swap(row * self.cols + i, row * self.cols + k);
        }
    }

    /// Turns rows p and q, as [`Matrix::turn_columns`] does columns.
    pub(super) fn turn_rows(&mut self, [p, q]: [usize; 2], [c, s]: [T; 2]) {
        for j in 0..self.cols {
            let (x, y) = (self[[p, j]], self[[q, j]]);
            self[[p, j]] = c * x - s * y;
            self[[q, j]] = s * x + c * y;
        }
    }

    /// Turns columns p and q: p c - q s and p s + q c.
    pub(super) fn turn_columns(&mut self, [p, q]: [usize; 2], [c, s]: [T; 2]) {
        for i in 0..self.rows {
            let (x, y) = (self[[i, p]], self[[i, q]]);
            self[[i, p]] = c * x - s * y;
            self[[i, q]] = s * x + c * y;
        }
    }
}

/// Each of the matrices in the last two axes through `f`, into a tensor of the given shape.
pub(super) fn each<T: Real>(
    x: &Tensor<T>,
    shape: &Shape,
    mut f: impl FnMut(Matrix<T>) -> Vec<T>,
) -> Tensor<T> {
    if shape.count() == 0 {
        return Tensor::zeros(shape);
    }
    let matrices = x.matrices();
    Tensor::raw(
        shape.clone(),
        matrices
            .iter()
            .flat_map(|x| f(Matrix::of(x)))
            .collect::<Vec<T>>(),
    )
}

/// The unit roundoff of the number, by trial.
pub(super) fn unit_roundoff<T: Real>() -> f64 {
    let resolves = |e: i32| T::of(1.0) + T::of(2f64.powi(e)) > T::of(1.0);
    match (resolves(-40), resolves(-80)) {
        (_, true) => 2f64.powi(-104),
        (true, _) => 2f64.powi(-53),
        _ => 2f64.powi(-24),
    }
}

/// The value alone: without derivatives, and with no more error than that of writing it down.
pub(super) fn constant<T: Real>(x: T) -> T {
    let high = T::of(x.to_f64());
    high + T::of((x - high).to_f64())
}
