//! Products: dot, outer and matrix products, batched and broadcast as in NumPy.

use super::builder::{Builder, Id, Shares, Site};
use super::choices::{Choices, Drawn, Request};
use super::primitive::{DomainError, Linearity, Primitive};
use super::{Dot, MatMul, Outer};
use crate::number::Real;
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The sizes of a product: batch axes of each operand, rows, inner size, columns; and which operand is a vector.
struct Sizes {
    batch_a: Shape,
    batch_b: Shape,
    batch: Shape,
    m: usize,
    k: usize,
    n: usize,
    vector_a: bool,
    vector_b: bool,
}

impl Sizes {
    fn of(a: &Shape, b: &Shape) -> Result<Self, ShapeError> {
        if a.rank() == 0 || b.rank() == 0 {
            return shape_error!("matmul takes vectors and matrices, found shapes {a} and {b}");
        }
        let (vector_a, vector_b) = (a.rank() == 1, b.rank() == 1);
        let (m, k) = if vector_a {
            (1, a[0])
        } else {
            (a[a.rank() - 2], a[a.rank() - 1])
        };
        let (k_b, n) = if vector_b {
            (b[0], 1)
        } else {
            (b[b.rank() - 2], b[b.rank() - 1])
        };
        if k != k_b {
            return shape_error!("matmul of shapes {a} and {b}: inner sizes {k} and {k_b} differ");
        }
        let batch_of = |shape: &Shape| Shape::from(&shape[..shape.rank().saturating_sub(2)]);
        let (batch_a, batch_b) = (batch_of(a), batch_of(b));
        let batch = batch_a
            .broadcast(&batch_b)
            .map_err(|e| ShapeError(format!("matmul of shapes {a} and {b}: batch {e}")))?;
        Ok(Self {
            batch_a,
            batch_b,
            batch,
            m,
            k,
            n,
            vector_a,
            vector_b,
        })
    }

    fn result(&self) -> Shape {
        let m = (!self.vector_a).then_some(self.m);
        let n = (!self.vector_b).then_some(self.n);
        self.batch.iter().copied().chain(m).chain(n).collect()
    }

    fn matrix(batch: &Shape, rows: usize, cols: usize) -> Shape {
        batch.iter().copied().chain([rows, cols]).collect()
    }
}

impl Primitive for MatMul {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(Sizes::of(args[0], args[1])?.result())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let s =
            Sizes::of(args[0].shape(), args[1].shape()).expect("the shape rule checked the sizes");
        let view = |x: &Tensor<T>, own: &Shape, rows, cols| {
            let matrix = x
                .reshape(Sizes::matrix(own, rows, cols))
                .expect("the same elements");
            matrix
                .broadcast_to(&Sizes::matrix(&s.batch, rows, cols))
                .expect("batches broadcast")
        };
        let a = view(args[0], &s.batch_a, s.m, s.k);
        let b = view(args[1], &s.batch_b, s.k, s.n);
        let product = multiply(&a, &b, [s.m, s.k, s.n]);
        Ok(product.reshape(shape).expect("the same elements"))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let [left, right] = [at.args[0], at.args[1]];
        let s =
            Sizes::of(&b.shape(left), &b.shape(right)).expect("the shape rule checked the sizes");
        let ct = b.reshape(ct, &Sizes::matrix(&s.batch, s.m, s.n));
        let mut shares = Shares::new();
        // a vector's share loses the axis that stood in for its missing one; batches that were broadcast stay
        if at.wanted[0] {
            let right = b.reshape(right, &Sizes::matrix(&s.batch_b, s.k, s.n));
            let full = b.matmul(ct, b.matrix_transpose(right));
            let shape = if s.vector_a {
                s.batch.iter().copied().chain([s.k]).collect()
            } else {
                b.shape(full)
            };
            shares.push((0, b.reshape(full, &shape)));
        }
        if at.wanted[1] {
            let left = b.reshape(left, &Sizes::matrix(&s.batch_a, s.m, s.k));
            let full = b.matmul(b.matrix_transpose(left), ct);
            let shape = if s.vector_b {
                s.batch.iter().copied().chain([s.k]).collect()
            } else {
                b.shape(full)
            };
            shares.push((1, b.reshape(full, &shape)));
        }
        shares
    }

    fn linearity(&self) -> Linearity {
        Linearity::Bilinear
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        let rank = x.rank();
        if rank == 0 {
            return None;
        }
        let k = x[rank - 1];
        let mut sizes: Vec<usize> = Vec::new();
        if !from.chance(0.25) {
            // batch axes: equal, 1, or missing
            if rank > 2 && from.chance(0.6) {
                sizes.extend(
                    x[..rank - 2]
                        .iter()
                        .map(|&n| if from.chance(0.3) { 1 } else { n }),
                );
            } else if from.chance(0.2) {
                sizes.push(2);
                if rank > 2 {
                    sizes.splice(.., x[..rank - 2].iter().copied());
                }
            }
            sizes.push(k);
            sizes.push(from.below(4).max(1));
        } else {
            sizes.push(k);
        }
        Drawn::with(Self {}, [Request::Tensor(sizes.into())])
    }
}

impl Primitive for Dot {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        let (a, b) = (args[0], args[1]);
        if a.rank() != 1 || b.rank() != 1 {
            return shape_error!("dot takes two vectors, found shapes {a} and {b}");
        }
        if a != b {
            return shape_error!("dot of vectors of {} and {} elements", a[0], b[0]);
        }
        Ok(Shape::scalar())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let (a, b) = (args[0].contiguous(), args[1].contiguous());
        let [a, b] = [&a, &b].map(|x| x.as_slice().expect("contiguous by construction"));
        Ok(Tensor::scalar(T::dot(a, b)))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let share = |i: usize| (i, b.mul(ct, at.args[1 - i]));
        (0..2).filter(|&i| at.wanted[i]).map(share).collect()
    }

    fn linearity(&self) -> Linearity {
        Linearity::Bilinear
    }

    fn draw(_: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        (x.rank() == 1)
            .then(|| Drawn::with(Self {}, [Request::Tensor(x.clone())]))
            .flatten()
    }
}

impl Primitive for Outer {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok([args[0].count(), args[1].count()].into())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        let (a, b) = (args[0], args[1].to_vec());
        let products: Vec<T> = a
            .iter()
            .flat_map(|a| b.iter().map(move |&b| a * b))
            .collect();
        Ok(Tensor::raw(shape.clone(), products))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let share = |i: usize| {
            let (own, other) = (b.shape(at.args[i]), at.args[1 - i]);
            let flat = b.reshape(other, &Shape::from([b.shape(other).count()]));
            let sums = if i == 0 {
                b.matmul(ct, flat)
            } else {
                b.matmul(flat, ct)
            };
            (i, b.reshape(sums, &own))
        };
        (0..2).filter(|&i| at.wanted[i]).map(share).collect()
    }

    fn linearity(&self) -> Linearity {
        Linearity::Bilinear
    }

    fn draw(from: &mut Choices<'_>, _: &Shape) -> Option<Drawn<Self>> {
        let rank = *from.pick(&[1, 1, 0, 2]);
        let other: Shape = (0..rank).map(|_| from.below(4)).collect();
        Drawn::with(Self {}, [Request::Tensor(other)])
    }
}

/// The products of the matrices in the last two axes; the batch axes are equal.
pub(super) fn multiply<T: Real>(a: &Tensor<T>, b: &Tensor<T>, [m, k, n]: [usize; 3]) -> Tensor<T> {
    let batch = &a.shape()[..a.rank() - 2];
    let shape = Sizes::matrix(&batch.into(), m, n);
    let mut data = vec![T::of(0.0); shape.count()];
    if data.is_empty() || k == 0 {
        return Tensor::raw(shape, data);
    }
    let (a, b) = (a.matrices(), b.matrices());
    for ((a, b), c) in a.iter().zip(&b).zip(data.chunks_exact_mut(m * n)) {
        let done = T::gemm(
            [m, k, n],
            (a.buffer(), a.matrix_strides()),
            (b.buffer(), b.matrix_strides()),
            c,
        );
        if !done {
            let (a, b) = (a.to_vec(), b.to_vec());
            multiply_by_dots([m, k, n], |i, j| a[i * k + j], |i, j| b[i * n + j], c);
        }
    }
    Tensor::raw(shape, data)
}

/// `c = a b` for row-major `c` (m x n), of a number that has no routine made for it; none of the sizes is 0.
pub(super) fn multiply_by_dots<T: Real>(
    [m, k, n]: [usize; 3],
    a: impl Fn(usize, usize) -> T,
    b: impl Fn(usize, usize) -> T,
    c: &mut [T],
) {
    debug_assert_eq!(c.len(), m * n);
    let mut columns = Vec::with_capacity(n * k);
    for j in 0..n {
        for i in 0..k {
            columns.push(b(i, j));
        }
    }
    let mut left = Vec::with_capacity(k);
    for (i, row) in c.chunks_exact_mut(n).enumerate() {
        left.clear();
        for j in 0..k {
            left.push(a(i, j));
        }
        for (entry, column) in row.iter_mut().zip(columns.chunks_exact(k)) {
            // onto 0, as a product routine accumulates: a sum of negative zeros is +0 in every number
            *entry = T::of(0.0) + T::dot(&left, column);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives() {
        all_derivatives_agree(Kind::MatMul);
        all_derivatives_agree(Kind::Dot);
        all_derivatives_agree(Kind::Outer);
    }

    #[test]
    fn values() {
        let a = || Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        let v = || Tensor::from([5.0, 6.0]);
        check(MatMul {}, &[a(), a()], [[7.0, 10.0], [15.0, 22.0]].into());
        check(MatMul {}, &[a(), v()], [17.0, 39.0].into());
        check(MatMul {}, &[v(), a()], [23.0, 34.0].into());
        check(MatMul {}, &[v(), v()], 61.0.into());
        check(Dot {}, &[v(), v()], 61.0.into());
        check(
            Dot {},
            &[Tensor::zeros([0]), Tensor::zeros([0])],
            0.0.into(),
        );
        check(
            Outer {},
            &[a(), v()],
            [[5.0, 6.0], [10.0, 12.0], [15.0, 18.0], [20.0, 24.0]].into(),
        );
        check(Outer {}, &[2.0.into(), v()], [[10.0, 12.0]].into());
        check(
            MatMul {},
            &[Tensor::zeros([2, 0]), Tensor::zeros([0, 3])],
            Tensor::zeros([2, 3]),
        );
        check(
            MatMul {},
            &[Tensor::zeros([0, 2, 2]), a()],
            Tensor::zeros([0, 2, 2]),
        );
    }

    #[test]
    fn refused() {
        check_refused(MatMul {}, &[&[], &[2]], "takes vectors and matrices");
        check_refused(MatMul {}, &[&[2, 3], &[2, 3]], "inner sizes 3 and 2 differ");
        check_refused(MatMul {}, &[&[2, 1, 1], &[3, 1, 1]], "batch");
        check_refused(Dot {}, &[&[2], &[3]], "2 and 3 elements");
        check_refused(Dot {}, &[&[2, 2], &[2, 2]], "takes two vectors");
    }

    /// Every operand as it is, turned, flipped, and broadcast, against sums by hand.
    #[test]
    fn matrix_products_on_every_layout() {
        let views = |x: &Tensor<f64>| {
            let turned = x.transpose(&[0, 2, 1]).unwrap().contiguous();
            let flipped = x.flip(&[0, 1, 2]).contiguous();
            let whole = x.shape().clone();
            let first = x.matrices()[0].contiguous();
            [
                x.clone(),
                turned.transpose(&[0, 2, 1]).unwrap(),
                flipped.flip(&[0, 1, 2]),
                first.broadcast_to(&whole).unwrap(),
                Tensor::full(&whole, 3.0),
            ]
        };
        for [m, k, n] in [[2, 3, 4], [1, 1, 1], [1, 5, 2], [3, 1, 3], [20, 17, 9]] {
            let a = Tensor::from_fn([2, m, k], |i| (i % 7) as f64 - 3.0);
            let b = Tensor::from_fn([2, k, n], |i| (i % 5) as f64 - 2.0);
            for a in &views(&a) {
                for b in &views(&b) {
                    let by_hand = Tensor::from_fn([2, m, n], |at| {
                        let (batch, row, col) = (at / (m * n), at / n % m, at % n);
                        (0..k)
                            .map(|i| a.at(&[batch, row, i]) * b.at(&[batch, i, col]))
                            .sum()
                    });
                    check(MatMul {}, &[a.clone(), b.clone()], by_hand);
                }
            }
        }
    }
}
