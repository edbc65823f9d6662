//! Functions of matrices: powers and the exponential.
//!
//! Their rule is one identity: f([[X, G], [0, X]]) has the derivative of f at X along G as its upper right block (Higham,
//! *Functions of Matrices*, theorem 3.6), and the adjoint of that derivative at A is the derivative at A^T. So a rule is the
//! same function of a matrix of twice the size, and the derivative of any order follows.

use super::elimination::Elimination;
use super::matrix::{Matrix, each, unit_roundoff};
use super::{distance_from_singular, draw_matrices, square};
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
        match self.n {
            0 => Shares::new(),
            1 => share(ct),
            _ => {
                let transposed = b.matrix_transpose(at.args[0]);
                share(derivative(b, self.clone().into(), transposed, ct))
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
    // the first term left out, of a second derivative, is below the roundoff: 1/20! = 4e-19, 1/33! = 1e-37
    let degree = if unit_roundoff::<T>() < 1e-20 { 34 } else { 21 };
    let mut y = Matrix::identity(n);
    for k in (1..=degree).rev() {
        let k = T::of(f64::from(k));
        y = x.mul(&y).map(|x| x / k);
        for i in 0..n {
            y[[i, i]] = T::of(1.0) + y[[i, i]];
        }
    }
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
    use super::*;
    use crate::op::Kind;
    use crate::op::check::*;

    #[test]
    fn derivatives_matrixpower() {
        all_derivatives_agree(Kind::MatrixPower);
    }

    #[test]
    fn derivatives_expm() {
        all_derivatives_agree(Kind::Expm);
    }
}
