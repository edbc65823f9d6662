//! Functions of matrices: powers and the exponential.
//!
//! Their rule is one identity: f([[X, G], [0, X]]) has the derivative of f at X along G as its upper right block (Higham,
//! *Functions of Matrices*, theorem 3.6), and the adjoint of that derivative at A is the derivative at A^T. So a rule is the
//! same function of a matrix of twice the size, and the derivative of any order follows.

use super::elimination::Elimination;
use super::matrix::{Matrix, each, unit_roundoff};
use super::{distance_from_singular, draw_matrices, pull_inverse, square};
use crate::number::Real;
use crate::op::builder::{Builder, Id, Shares, Site, share};
use crate::op::choices::{Choices, Drawn};
use crate::op::primitive::{DomainError, Primitive};
use crate::op::{Expm, MatrixPower, Norm, Op, StopGradient};
use crate::tensor::{Shape, ShapeError, Tensor};

/// The derivative of the function at x along `direction`.
fn derivative(b: &dyn Builder, f: Op, x: Id, direction: Id) -> Id {
    let shape = b.shape(x);
    let (n, rank) = (shape[shape.rank() - 1], shape.rank());
    let upper = b.concat(&[x, direction], -1);
    let lower = b.concat(&[b.zeros(&shape), x], -1);
    let y = b.apply(f, &[b.concat(&[upper, lower], -2)]);
    b.narrow(b.narrow(y, rank - 2, 0, n), rank - 1, n, n)
}

/// a^n by repeated squaring.
fn power<T: Real>(a: Matrix<T>, n: i64) -> Matrix<T> {
    let mut square = if n < 0 {
        Elimination::of(a).inverse()
    } else {
        a
    };
    let mut left = n.unsigned_abs();
    let mut product: Option<Matrix<T>> = None;
    while left > 0 {
        if left & 1 == 1 {
            product = Some(match &product {
                Some(product) => product.mul(&square),
                None => square.clone(),
            });
        }
        left >>= 1;
        if left > 0 {
            square = square.mul(&square);
        }
    }
    product.unwrap_or_else(|| Matrix::identity(square.rows))
}

impl Primitive for MatrixPower {
    const KINKS: &'static str = "singular matrices, where n is negative";

    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("matrix_power", args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| power(a, self.n).data))
    }

    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let positive = |a: Id, n: u64| match n {
            1 => ct,
            _ => {
                let op = Self {
                    n: i64::try_from(n).unwrap_or(i64::MAX),
                };
                derivative(b, op.into(), b.matrix_transpose(a), ct)
            }
        };
        let a = at.args[0];
        match self.n {
            0 => Shares::new(),
            1.. => share(positive(a, self.n.unsigned_abs())),
            _ => {
                // the power of the inverse: in the inverse of a matrix with the cotangent in it, a large one hides a
                let inverse = b.inv(a);
                let ct = positive(inverse, self.n.unsigned_abs());
                share(pull_inverse(b, inverse, ct))
            }
        }
    }

    fn smooth(&self, args: &[&Tensor<f64>]) -> f64 {
        if self.n < 0 {
            distance_from_singular(args[0])
        } else {
            f64::INFINITY
        }
    }

    fn chooses(&self) -> bool {
        self.n >= 0
    }

    fn first(from: &mut Choices<'_>) -> Option<Shape> {
        Some(draw_matrices(from, false))
    }

    fn draw(from: &mut Choices<'_>, x: &Shape) -> Option<Drawn<Self>> {
        square("", x).ok()?;
        let n = *from.pick(&[2, 3, -1, 1, 0, 4, -2, 5, 6, -3]);
        Drawn::alone(Self { n })
    }
}

/// The powers of a matrix that a polynomial is summed in.
const BLOCK: usize = 5;

/// The sum of x^k / k! up to k = `degree`, in blocks of powers (Paterson and Stockmeyer), so that there are few products.
fn taylor<T: Real>(x: &Matrix<T>, degree: usize) -> Matrix<T> {
    let mut powers = vec![Matrix::identity(x.rows)];
    for k in 0..BLOCK {
        let next = if k == 0 { x.clone() } else { powers[k].mul(x) };
        powers.push(next);
    }
    let mut coefficients = vec![T::of(1.0)];
    for k in 1..=degree {
        coefficients.push(coefficients[k - 1] / T::of(k as f64));
    }
    let mut sum: Option<Matrix<T>> = None;
    for block in coefficients.chunks(BLOCK).rev() {
        let above = sum.map(|sum| sum.mul(&powers[BLOCK]));
        let element = |i: usize, j: usize| {
            // the small terms first
            let terms = block
                .iter()
                .zip(&powers)
                .rev()
                .map(|(&c, power)| c * power[[i, j]]);
            let above = above.as_ref().map(|above| above[[i, j]]);
            T::sum(&above.into_iter().chain(terms).collect::<Vec<T>>())
        };
        sum = Some(Matrix::from_fn(x.sizes(), element));
    }
    sum.expect("one block at least")
}

/// e^a: the Taylor series of a / 2^s, whose norm is at most 1, squared s times.
fn exponential<T: Real>(a: Matrix<T>) -> Matrix<T> {
    let n = a.rows;
    let column = |j: usize| a.column(j).iter().map(|x| x.to_f64().abs()).sum::<f64>();
    let norm = (0..n).map(column).fold(0.0, f64::max);
    // of a norm that is not finite nothing is left but infinities and NaN
    let squarings = match norm.is_finite() && norm > 1.0 {
        true => norm.log2().ceil() as i32,
        false => 0,
    };
    // in two factors, for each of them is a number of binary32
    let halves = [squarings / 2, squarings - squarings / 2].map(|s| T::of(2f64.powi(-s)));
    let x = a.map(|x| x * halves[0] * halves[1]);
    // the first term left out, of a second derivative, is below the roundoff: 1/23! = 4e-23, 1/33! = 1e-37
    let degree = if unit_roundoff::<T>() < 1e-20 { 34 } else { 24 };
    let mut y = taylor(&x, degree);
    for _ in 0..squarings {
        y = y.mul(&y);
    }
    y
}

impl Primitive for Expm {
    fn shape(&self, args: &[&Shape]) -> Result<Shape, ShapeError> {
        square("expm", args[0])?;
        Ok(args[0].clone())
    }

    fn eval<T: Real>(&self, args: &[&Tensor<T>], shape: &Shape) -> Result<Tensor<T>, DomainError> {
        Ok(each(args[0], shape, |a| exponential(a).data))
    }

    /// The cotangent is brought to size 1 first, by a factor that is a constant: the derivative is linear in it, and a large
    /// one would cost squarings, each of them a digit.
    fn vjp(&self, b: &dyn Builder, at: Site<'_>, ct: Id) -> Shares {
        let size = Norm {
            ord: f64::INFINITY,
            axes: Some(vec![-2, -1]),
            keepdims: true,
        };
        let size = b.apply(size.into(), &[ct]);
        let size = b.apply(StopGradient {}.into(), &[size]);
        let size = b.add(size, b.eq(size, b.constant(0.0)));
        let transposed = b.matrix_transpose(at.args[0]);
        let unit = derivative(b, self.clone().into(), transposed, b.div(ct, size));
        share(b.mul(unit, size))
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
        all_derivatives_agree(Kind::MatrixPower);
        all_derivatives_agree(Kind::Expm);
    }

    fn to(n: i64) -> MatrixPower {
        MatrixPower { n }
    }

    /// Numbers by NumPy.
    #[test]
    fn powers() {
        let fifth = [
            [-8.3125, 12.640625, 64.3203125],
            [0.203125, -142.96875, 76.65625],
            [57.84765625, -51.0703125, -34.203125],
        ];
        close(to(5), &[regular()], fifth);
        let inverse = [
            [
                0.07301969610223812,
                0.013154132949604094,
                0.0644676817065422,
            ],
            [
                -0.0002369060075415094,
                -0.0628480927969606,
                0.07797717366745857,
            ],
            [
                0.05806829473739628,
                -0.05202426677956263,
                0.047422148225654465,
            ],
        ];
        close(to(-3), &[regular()], inverse);
        close(
            to(0),
            &[[[NAN, 1.0], [2.0, 3.0]].into()],
            [[1.0, 0.0], [0.0, 1.0]],
        );
        close(to(-1), &[[[1.0, 1.0], [1.0, 1.0]].into()], [[NAN; 2]; 2]);
        check(to(3), &[Tensor::zeros([2, 0, 0])], Tensor::zeros([2, 0, 0]));
        for n in [i64::MIN, i64::MAX] {
            close(
                to(n),
                &[[[1.0, 0.0], [0.0, -1.0]].into()],
                [[1.0, 0.0], [0.0, if n < 0 { 1.0 } else { -1.0 }]],
            );
        }
        // x^3: 3 x^2
        check_pull(to(3), &[[[2.0]].into()], [[1.0]].into(), &[[[12.0]].into()]);
        check_pull(to(0), &[[[2.0]].into()], [[1.0]].into(), &[[[0.0]].into()]);
        check_refused(to(2), &[&[2, 3]], "matrix_power takes square matrices");
    }

    /// Numbers by mpmath.
    #[test]
    fn exponentials() {
        let e = [
            [4.987858239186719, -5.079789450171184, 6.522850725693314],
            [5.803963268463497, 3.1879964155809275, -7.262883627173116],
            [4.709772999431284, 5.809249629525993, -2.264452665861405],
        ];
        close(Expm {}, &[regular()], e);
        let (sin, cos) = 6f64.sin_cos();
        close(
            Expm {},
            &[[[0.0, 6.0], [-6.0, 0.0]].into()],
            [[cos, sin], [-sin, cos]],
        );
        check(
            Expm {},
            &[Tensor::zeros([2, 2])],
            [[1.0, 0.0], [0.0, 1.0]].into(),
        );
        check(Expm {}, &[Tensor::zeros([0, 0])], Tensor::zeros([0, 0]));
        close(
            Expm {},
            &[[[0.0, 1e300], [0.0, 0.0]].into()],
            [[1.0, 1e300], [0.0, 1.0]],
        );
        for x in [f64::MAX, NAN, INF] {
            let e = evaluate(&Expm {}.into(), &[[[x]].into()]);
            assert!(!e.item().is_finite(), "e^{x} is {e:?}");
        }
        let slope = 3f64.exp();
        close(Expm {}, &[[[3.0]].into()], [[slope]]);
        check_refused(Expm {}, &[&[3]], "expm takes square matrices");
    }
}
