//! Linear systems and inverses.

use super::elimination::Elimination;
use super::matrix::{Matrix, each};
use super::{batch_of, distance_from_singular, draw_matrices, pull_inverse, square, with_last};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn, Request};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{Inv, Solve};
use crate::tensor::{Shape, ShapeError, Tensor, shape_error};

/// The sizes of a system: batch axes of each operand, the size of the square matrices, the columns on the right, and
/// whether the right side is a vector.
pub(super) struct System {
    batch_b: Shape,
    batch: Shape,
    n: usize,
    k: usize,
    vector: bool,
}

impl System {
    pub(super) fn of(op: &str, a: &Shape, b: &Shape) -> Result<Self, ShapeError> {
        let n = square(op, a)?;
        let (batch_b, rows, k, vector) = match **b {
            [] => {
                return shape_error!(
                    "{op} takes a vector or matrices on the right, found shape {b}"
                );
            }
            [rows] => (Shape::scalar(), rows, 1, true),
            [.., rows, k] => (batch_of(b), rows, k, false),
        };
        if rows != n {
            return shape_error!(
                "{op} of shapes {a} and {b}: the matrices have {n} rows, the right side has {rows}"
            );
        }
        let batch = batch_of(a)
            .broadcast(&batch_b)
            .map_err(|e| ShapeError(format!("{op} of shapes {a} and {b}: batch {e}")))?;
        Ok(Self {
            batch_b,
            batch,
            n,
            k,
            vector,
        })
    }

    /// The sizes that the shape rule found.
    pub(super) fn checked(a: &Shape, b: &Shape) -> Self {
        Self::of("", a, b).expect("the shape rule checked the sizes")
    }

    pub(super) fn result(&self) -> Shape {
        if self.vector {
            with_last(&self.batch, &[self.n])
        } else {
            self.columns()
        }
    }

    /// The result's shape where a vector is a matrix of one column.
    fn columns(&self) -> Shape {
        with_last(&self.batch, &[self.n, self.k])
    }

    /// Each pair of matrices through `f`.
    pub(super) fn each<T: Real>(
        &self,
        [a, b]: [&Tensor<T>; 2],
        mut f: impl FnMut(Matrix<T>, Matrix<T>) -> Matrix<T>,
    ) -> Tensor<T> {
        let shape = self.result();
        if shape.count() == 0 {
            return Tensor::zeros(shape);
        }
        let (n, k) = (self.n, self.k);
        let spread = |x: &Tensor<T>, last: [usize; 2]| {
            let shape = with_last(&self.batch, &last);
            x.broadcast_to(&shape)
                .expect("batches broadcast")
                .matrices()
        };
        let columns = with_last(&self.batch_b, &[n, k]);
        let b = b.reshape(columns).expect("the same elements");
        let pairs = spread(a, [n, n]).into_iter().zip(spread(&b, [n, k]));
        let results = pairs.flat_map(|(a, b)| f(Matrix::of(&a), Matrix::of(&b)).data);
        Tensor::raw(shape, results.collect::<Vec<T>>())
    }

    /// The rule of x = A^-1 b, where `back` applies A^-T, and `place` says what of -ct_b x^T belongs to A.
    pub(super) fn pull(
        &self,
        b: &dyn Builder,
        at: Site<'_>,
        ct: Id,
        back: impl Fn(Id) -> Id,
        place: impl Fn(Id, Id) -> Id,
    ) -> Shares {
        let columns = self.columns();
        let right = back(b.reshape(ct, &columns));
        let mut shares = Shares::new();
        if at.wanted[0] {
            let x = b.reshape(at.y, &columns);
            shares.push((0, place(b.neg(right), x)));
        }
        if at.wanted[1] {
            shares.push((1, b.reshape(right, &self.result())));
        }
        shares
    }
}

/// A right side for square matrices of shape `x`: a vector, or matrices whose batch axes are equal, 1, fewer or more.
pub(super) fn draw_right(from: &mut Choices<'_>, x: &Shape) -> Option<Request> {
    let n = square("", x).ok()?;
    if from.chance(0.25) {
        return Some(Request::Tensor([n].into()));
    }
    let k = *from.pick(&[1, 2, 3, 2, 1, 0]);
    let own = batch_of(x);
    let mut batch: Vec<usize> = Vec::new();
    match from.below(6) {
        0 | 1 => batch.extend(own.iter()),
        2 => batch.extend(own.iter().map(|&n| if from.chance(0.5) { 1 } else { n })),
        3 if own.rank() < 2 => {
            batch.push(2);
            batch.extend(own.iter());
        }
        _ => {}
    }
    Some(Request::Tensor(with_last(&batch, &[n, k])))
}

impl Primitive for Solve {
    const KINKS: &'static str = "singular matrices";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        Ok(System::of("solve", args[0], args[1])?.result())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], _: &Shape) -> Result<Tensor<T>, DomainError> {
        let system = System::checked(args[0].shape(), args[1].shape());
        Ok(system.each([args[0], args[1]], |a, b| Elimination::of(a).solve(&b)))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let system = System::checked(&b.shape(at.args[0]), &b.shape(at.args[1]));
        let transposed = b.matrix_transpose(at.args[0]);
        system.pull(
            b,
            at,
            ct,
            |ct| b.solve(transposed, ct),
            |right, x| b.matmul(right, b.matrix_transpose(x)),
        )
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

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        Drawn::with(Self {}, [draw_right(from, x)?])
    }
}

impl Primitive for Inv {
    const KINKS: &'static str = "singular matrices";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("inv", args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| Elimination::of(a).inverse().data))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        share(pull_inverse(b, at.y, ct))
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
        all_derivatives_agree(Kind::Solve);
        all_derivatives_agree(Kind::Inv);
    }

    /// Numbers by NumPy.
    #[test]
    fn values() {
        let inverse = [
            [
                0.43243243243243246,
                0.12612612612612611,
                0.03603603603603603,
            ],
            [
                -0.10810810810810811,
                0.13513513513513511,
                0.32432432432432434,
            ],
            [
                0.05405405405405405,
                -0.23423423423423426,
                0.5045045045045046,
            ],
        ];
        close(Inv {}, &[regular()], inverse);
        let x = [
            [0.41441441441441446, 0.9369369369369369],
            [0.7297297297297298, -0.06756756756756756],
            [1.8018018018018018, 0.11711711711711713],
        ];
        close(Solve {}, &[regular(), right()], x);
        let vector = Tensor::from([1.0, -1.0, 3.0]);
        close(Solve {}, &[regular(), vector.clone()], x.map(|row| row[0]));
        let other = [
            [-0.24375000000000005, 0.78125],
            [-0.41250000000000003, 0.4375],
            [1.1500000000000001, -0.25],
        ];
        let data: Vec<f64> = [definite(), regular()]
            .iter()
            .flat_map(Tensor::to_vec)
            .collect();
        let both = Tensor::new([2, 3, 3], data).unwrap();
        close(Solve {}, &[both.clone(), right()], [other, x]);
        let columns = [other, x].map(|x| x.map(|row| row[0]));
        close(Solve {}, &[both, vector], columns);
    }

    #[test]
    fn singular_matrices_have_no_inverse_and_empty_ones_do() {
        let singular = Tensor::from([[1.0, 2.0], [2.0, 4.0]]);
        close(Inv {}, std::slice::from_ref(&singular), [[NAN; 2]; 2]);
        close(Solve {}, &[singular.clone(), [1.0, 2.0].into()], [NAN; 2]);
        close(Inv {}, &[[[NAN, 0.0], [0.0, 1.0]].into()], [[NAN; 2]; 2]);
        assert_eq!(Inv {}.smooth(&[&singular]), 0.0);
        assert_eq!(Inv {}.smooth(&[&[[2.0, 0.0], [0.0, 2.0]].into()]), 1.0);
        for shape in [&[0, 0][..], &[2, 0, 0], &[0, 2, 2]] {
            check(Inv {}, &[Tensor::zeros(shape)], Tensor::zeros(shape));
            assert_eq!(Inv {}.smooth(&[&Tensor::zeros(shape)]), INF);
        }
        check(
            Solve {},
            &[Tensor::zeros([0, 0]), Tensor::zeros([3, 0, 2])],
            Tensor::zeros([3, 0, 2]),
        );
        check(
            Solve {},
            &[Tensor::ones([1, 1]), Tensor::zeros([1, 0])],
            Tensor::zeros([1, 0]),
        );
    }

    #[test]
    fn refused() {
        let squares = "takes square matrices in the last two axes, found shape";
        check_refused(Inv {}, &[&[2]], squares);
        check_refused(Inv {}, &[&[2, 3]], "found shape [2, 3]");
        check_refused(Solve {}, &[&[], &[2]], squares);
        check_refused(Solve {}, &[&[2, 2], &[]], "on the right, found shape []");
        check_refused(
            Solve {},
            &[&[2, 2], &[3]],
            "have 2 rows, the right side has 3",
        );
        check_refused(Solve {}, &[&[2, 1, 1], &[3, 1, 1]], "batch");
    }
}
