//! Determinants and their derivatives of every order.

use super::elimination::Elimination;
use super::matrix::{Matrix, each};
use super::{batch_of, distance_from_singular, draw_matrices, square, with_last};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{Cofactors, Det, SlogDet};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};
use std::collections::BTreeMap;

/// The most entries that cofactors of order 2 and above have, for one matrix: order 4 of 4 x 4, 3 of 6 x 6, 2 of 16 x 16.
const MOST_ENTRIES: usize = 1 << 16;

/// The number of entries that the cofactors of one n x n matrix have; none if they are refused.
fn entries(n: usize, order: usize) -> Option<usize> {
    let exponent = u32::try_from(order).ok()?.checked_mul(2)?;
    let count = n.checked_pow(exponent)?;
    (order <= n && (order < 2 || count <= MOST_ENTRIES)).then_some(count)
}

impl Primitive for Det {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("det", args[0])?;
        Ok(batch_of(args[0]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| {
            vec![Elimination::of(a).determinant()]
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        if b.shape(at.args[0]).last() == Some(&0) {
            return Shares::new();
        }
        let cofactors = b.apply(Cofactors { order: 1 }.into(), &[at.args[0]]);
        share(b.mul(b.each_matrix(ct), cofactors))
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        square("", x).ok()?;
        Drawn::alone(Self {})
    }
}

/// Entry [i1, j1, .., ik, jk] is the derivative of det A by the elements (i1, j1) .. (ik, jk): with a sign, the determinant
/// of A without these rows and columns; 0 if a row or a column is named twice.
fn cofactors<T: Real>(a: &Matrix<T>, order: usize) -> Vec<T> {
    let n = a.rows;
    let mut minors: BTreeMap<(u32, u32), T> = BTreeMap::new();
    let count = entries(n, order).expect("the shape rule checked the order");
    let entry = |mut place: usize| {
        let (mut rows, mut cols) = (Vec::new(), Vec::new());
        for _ in 0..order {
            cols.push(place % n);
            rows.push(place / n % n);
            place /= n * n;
        }
        let mask = |places: &[usize]| places.iter().fold(0u32, |mask, &i| mask | 1 << i);
        let (row_mask, col_mask) = (mask(&rows), mask(&cols));
        if row_mask.count_ones() as usize != order || col_mask.count_ones() as usize != order {
            return T::of(0.0);
        }
        let minor = *minors.entry((row_mask, col_mask)).or_insert_with(|| {
            let left = |mask: u32| (0..n).filter(move |i| mask & 1 << i == 0).collect();
            let (rows, cols): (Vec<usize>, Vec<usize>) = (left(row_mask), left(col_mask));
            let sizes = [n - order, n - order];
            let minor = Matrix::from_fn(sizes, |i, j| a[[rows[i], cols[j]]]);
            Elimination::of(minor).determinant()
        });
        let inversions = |places: &[usize]| {
            let before = |(k, i): (usize, &usize)| places[..k].iter().filter(|&p| p > i).count();
            places.iter().enumerate().map(before).sum::<usize>()
        };
        let places = rows.iter().sum::<usize>() + cols.iter().sum::<usize>();
        let odd = (places + inversions(&rows) + inversions(&cols)) % 2 == 1;
        if odd { -minor } else { minor }
    };
    (0..count).map(entry).collect()
}

impl Primitive for Cofactors {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let n = square("cofactors", args[0])?;
        if entries(n, self.order).is_none() {
            return shape_error!(
                "cofactors of order {} of {n} x {n} matrices: the order is at most {n}, and above order 1 there are at \
                 most {MOST_ENTRIES} entries a matrix, {n}^(2 order)",
                self.order
            );
        }
        Ok(with_last(&batch_of(args[0]), &vec![n; 2 * self.order]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| match self.order {
            1 => Elimination::of(a).adjugate().transpose().data,
            order => cofactors(&a, order),
        }))
    }

    /// The contraction with the next order. Where that has too many entries, it is written in the inverse B = A^-T, by
    /// which the next order is det A times the determinants of the elements of B in rows i1 .. i and columns j1 .. j:
    /// expanded along the last row, <ct, y> B - sum over m of B G_m, G_m the contraction of ct and y over all places but
    /// the column jm.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let a = at.args[0];
        let over = b.shape(a);
        let (n, batch) = (over[over.rank() - 1], batch_of(&over));
        if self.order >= n {
            // the highest order is a constant
            return Shares::new();
        }
        let count = entries(n, self.order).expect("the shape rule checked the order");
        if entries(n, self.order + 1).is_some() {
            let op = Cofactors {
                order: self.order + 1,
            };
            let next = b.apply(op.into(), &[a]);
            let next = b.reshape(next, &with_last(&batch, &[count, n * n]));
            let row = b.reshape(ct, &with_last(&batch, &[1, count]));
            return share(b.reshape(b.matmul(row, next), &over));
        }
        let inverse = b.matrix_transpose(b.inv(a));
        let flat = |x: Id| b.reshape(x, &with_last(&batch, &[1, count]));
        let mut total = b.mul(inverse, b.matrix_dot(flat(ct), flat(at.y)));
        let rank = b.shape(at.y).rank();
        for m in 0..self.order {
            let column = batch.rank() + 2 * m + 1;
            let last = |x: Id| {
                let others = (0..rank).filter(|&axis| axis != column);
                let perm = others.chain([column]).map(|axis| axis as i64).collect();
                b.reshape(b.transpose(x, perm), &with_last(&batch, &[count / n, n]))
            };
            let inner = b.matmul(b.matrix_transpose(last(ct)), last(at.y));
            total = b.sub(total, b.matmul(inverse, inner));
        }
        share(total)
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let n = square("", x).ok()?;
        let order = *from.pick(&[1, 2, 1, 0]);
        Drawn::alone(Self {
            order: if n > 3 { order.min(1) } else { order.min(n) },
        })
    }
}

impl Primitive for SlogDet {
    const KINKS: &'static str = "singular matrices";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("slogdet", args[0])?;
        Ok(batch_of(args[0]))
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| {
            vec![Elimination::of(a).log_determinant()]
        }))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let inverse = b.matrix_transpose(b.inv(at.args[0]));
        share(b.mul(b.each_matrix(ct), inverse))
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        distance_from_singular(args[0])
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
        all_derivatives_agree(Kind::Det);
        all_derivatives_agree(Kind::Cofactors);
        all_derivatives_agree(Kind::SlogDet);
    }

    fn cofactors_of(order: usize) -> Cofactors {
        Cofactors { order }
    }

    #[test]
    fn values() {
        close(Det {}, &[regular()], 13.875);
        close(SlogDet {}, &[regular()], 2.630088659632498);
        let negative = || Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        close(Det {}, &[negative()], -2.0);
        close(SlogDet {}, &[negative()], std::f64::consts::LN_2);
        close(cofactors_of(1), &[negative()], [[4.0, -3.0], [-2.0, 1.0]]);
        close(cofactors_of(0), &[negative()], -2.0);
        check(Det {}, &[Tensor::zeros([0, 0])], 1.0.into());
        check(SlogDet {}, &[Tensor::zeros([2, 0, 0])], [0.0, 0.0].into());
        check(Det {}, &[Tensor::zeros([0, 2, 2])], Tensor::zeros([0]));
        check(cofactors_of(1), &[[[7.0]].into()], [[1.0]].into());
        let second = [
            [[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [-1.0, 0.0]]],
            [[[0.0, -1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]],
        ];
        let second: Vec<f64> = second.as_flattened().as_flattened().as_flattened().to_vec();
        let second = Tensor::new([2, 2, 2, 2], second).unwrap();
        check(cofactors_of(2), &[negative()], second);
        check(Det {}, &[[[NAN, 0.0], [0.0, 0.0]].into()], NAN.into());
    }

    /// Of rank 2, 1 and 0: minors by hand.
    #[test]
    fn singular_matrices_have_derivatives() {
        let a = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]];
        let minors = [[4.0, 4.0, -4.0], [-2.0, -2.0, 2.0], [0.0, 0.0, 0.0]];
        check(Det {}, &[a.into()], 0.0.into());
        close(cofactors_of(1), &[a.into()], minors);
        let ones = Tensor::ones([3, 3]);
        check(
            cofactors_of(1),
            std::slice::from_ref(&ones),
            Tensor::zeros([3, 3]),
        );
        close(SlogDet {}, &[ones], -INF);
        let mut random = Random(5);
        for n in 1..=4 {
            for rank in 0..n {
                // integers of this rank, exact in every step
                let row = |i: usize, j: usize| ((i * 7 + j * 5 + i * j) % 5) as f64 - 2.0;
                let a = Tensor::from_fn([n, n], |k| match k / n {
                    i if i < rank => row(i, k % n),
                    i if rank > 0 => row(i % rank, k % n),
                    _ => 0.0,
                });
                for order in 0..=n.min(2) {
                    derivatives_agree(
                        &cofactors_of(order).into(),
                        std::slice::from_ref(&a),
                        &mut random,
                    );
                }
                derivatives_agree(&Det {}.into(), &[a], &mut random);
            }
        }
    }

    /// Where the next order has too many entries, the rule goes through the inverse.
    #[test]
    fn both_rules_agree() {
        let mut random = Random(3);
        for (n, order) in [(17, 1), (7, 2), (5, 3)] {
            assert!(entries(n, order).is_some() && entries(n, order + 1).is_none());
            let a = random.tensor(&[n, n].into()).map(|x| 0.3 * x);
            let a = Tensor::from_fn([n, n], |k| {
                a.to_vec()[k] + if k % (n + 1) == 0 { 1.0 } else { 0.0 }
            });
            derivatives_agree(&cofactors_of(order).into(), &[a], &mut random);
        }
    }

    #[test]
    fn refused() {
        check_refused(Det {}, &[&[2, 3]], "det takes square matrices");
        check_refused(SlogDet {}, &[&[2]], "slogdet takes square matrices");
        check_refused(cofactors_of(3), &[&[2, 2]], "the order is at most 2");
        check_refused(
            cofactors_of(usize::MAX),
            &[&[1, 1]],
            "the order is at most 1",
        );
        check_refused(cofactors_of(3), &[&[7, 7]], "65536 entries a matrix");
    }
}
